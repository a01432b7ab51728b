"""Postfix as a submission server, an instance of its own beside whatever the machine runs.

Its configuration, queue, data and log are in the run's directory; /etc/postfix is left alone. Port
587's and port 465's ways of TLS have one service for each certificate. smtpd takes mail from
logged-in clients only, so that what arrives proves a login."""

import os
import pwd
import shutil
from pathlib import Path

from certificates import Kind
from dovecot import Dovecot
from mailboxes import BUSY, DOMAIN, MOST_ADDRESSES, TAKEN
from server import MailServer
from upstream import HOST_NAME, LARGEST_MESSAGE, NOBODY, Tls, Upstream
from workplace import LOOPBACK, PeerError, files_below

_MAIN = """
compatibility_level = 3.6
queue_directory = {directory}/queue
data_directory = {directory}/data
maillog_file = {directory}/mail.log
maillog_file_prefixes = {directory}
myhostname = {host_name}
mydestination =
mynetworks =
inet_interfaces = {loopback}
inet_protocols = ipv4
alias_maps =
alias_database =
local_recipient_maps =
local_header_rewrite_clients =
message_size_limit = {largest}
virtual_mailbox_limit = 0

virtual_mailbox_domains = {domain}
virtual_mailbox_base = {mailboxes}
virtual_mailbox_maps = texthash:{configuration}/mailboxes
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
# Bounces would be mail to the outside: nothing leaves this machine.
default_transport = error:nothing leaves this machine
relay_transport = error:nothing leaves this machine

smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {sasl}
smtpd_tls_auth_only = yes
smtpd_tls_loglevel = 1
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = check_recipient_access regexp:{configuration}/busy,
  permit_sasl_authenticated, reject
smtpd_error_sleep_time = 0
smtpd_soft_error_limit = 1000
smtpd_hard_error_limit = 1000
smtpd_client_connection_count_limit = 0
"""

_MASTER = """
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
tlsmgr unix - - n 1000? 1 tlsmgr
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
showq unix n - n - - showq
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix(Upstream):
    name = "Postfix"
    _dovecot: Dovecot | None = None
    _server: MailServer | None = None

    def prepare(self) -> None:
        if shutil.which("postfix") is None or shutil.which("dovecot") is None:
            raise PeerError("postfix or dovecot is not installed: run tests/peers/install.sh")
        self._dovecot = Dovecot(self.directory / "dovecot")
        self._dovecot.start()
        self._configuration = self.directory / "configuration"
        self._configuration.mkdir()
        (self.directory / "queue").mkdir()
        data = self.directory / "data"
        data.mkdir(0o700)
        postfix = pwd.getpwnam("postfix")
        os.chown(data, postfix.pw_uid, postfix.pw_gid)
        (self._configuration / "main.cf").write_text(_MAIN.format(
            directory=self.directory, configuration=self._configuration, host_name=HOST_NAME,
            loopback=LOOPBACK, domain=DOMAIN, mailboxes=self.mailboxes.root,
            largest=LARGEST_MESSAGE, sasl=self._dovecot.socket, uid=NOBODY[0], gid=NOBODY[1]))
        # One line for each address, for virtual(8) refuses patterns.
        (self._configuration / "mailboxes").write_text("".join(
            f"{fate}-{number}@{DOMAIN} {fate}-{number}/\n"
            for fate in (TAKEN, BUSY) for number in range(1, MOST_ADDRESSES + 1)))
        (self._configuration / "busy").write_text(
            rf"/^{BUSY}-/ 450 4.2.1 This mailbox is being counted; come back after tea" "\n")
        services = [self._service(tls, kind) for tls in Tls for kind in Kind]
        (self._configuration / "master.cf").write_text(_MASTER + "\n".join(services) + "\n")

    def _service(self, tls: Tls, kind: Kind) -> str:
        certificate = self.authority.certificates[kind]
        options = {"smtpd_tls_cert_file": certificate.chain, "smtpd_tls_key_file": certificate.key,
                   "syslog_name": f"postfix/{tls.value}-{kind.value}"}
        if tls is Tls.IMPLICIT:
            options["smtpd_tls_wrappermode"] = "yes"
        else:
            options["smtpd_tls_security_level"] = "encrypt"
        return "\n".join([f"{LOOPBACK}:{self.port(tls, kind)} inet n - n - - smtpd",
                          *(f"  -o {name}={value}" for name, value in options.items())])

    def start(self) -> None:
        # A message that was being received when Postfix was stopped is no message; Postfix itself
        # would see to it after a day. It marks what is complete as executable.
        for file in self.queue_files():
            if not file.stat().st_mode & 0o100:
                file.unlink()
        # The first time Postfix checks its directories, and makes those that are missing.
        if (self.directory / "queue" / "active").exists():
            (self.directory / "queue" / "quick-start").touch()
        self._server = MailServer(["postfix", "-c", str(self._configuration), "start-fg"],
                                  self.directory / "output.log")
        self._server.wait_for_ports(list(self.ports.values()))

    def stop(self) -> None:
        if self._server is not None:
            self._server.end()
            self._server = None

    def close(self) -> None:
        if self._dovecot is not None:
            self._dovecot.stop()
        super().close()

    def queue_files(self) -> list[Path]:
        queue = self.directory / "queue"
        return [file for name in ("maildrop", "incoming", "active", "deferred", "hold")
                for file in files_below(queue / name)]

    def log(self) -> str:
        own = "".join(file.read_text(errors="replace")
                      for file in sorted(self.directory.glob("*.log")))
        return own + (self._dovecot.log() if self._dovecot else "")
