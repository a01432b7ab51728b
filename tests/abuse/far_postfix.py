"""The upstream host: a Postfix behind a network that breaks, which is paused, killed and started
again. All that it takes it puts on hold, so that its queue files are the evidence, and it says of
every recipient what it answered. Its log goes to a socket of ours, so that a line that was written
is kept even when its writer is killed the next moment."""

import os
import pwd
import signal
import socket
import threading
from pathlib import Path

from certificates import Authority, Kind
from dovecot import Dovecot
from far_network import FAR, FarNetwork
from server import MailServer
from workplace import files_below

HOST_NAME = "mx.far.test"
STARTTLS_PORT, IMPLICIT_PORT = 587, 465

_MAIN = """
compatibility_level = 3.6
queue_directory = {directory}/queue
data_directory = {directory}/data
myhostname = {host_name}
mydestination =
mynetworks =
inet_interfaces = {address}
inet_protocols = ipv4
alias_maps =
alias_database =
local_header_rewrite_clients =
enable_long_queue_ids = yes
message_size_limit = 64000000
default_process_limit = 300
default_transport = discard:nothing leaves this machine
relay_transport = discard:nothing leaves this machine

smtpd_tls_cert_file = {certificate.chain}
smtpd_tls_key_file = {certificate.key}
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {sasl}
smtpd_tls_auth_only = yes
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = check_recipient_access regexp:{configuration}/fates
smtpd_data_restrictions = check_client_access static:HOLD
header_checks = regexp:{configuration}/headers
smtpd_error_sleep_time = 0
smtpd_soft_error_limit = 10000
smtpd_hard_error_limit = 10000
smtpd_client_connection_count_limit = 0
# A connection that was cut off is not to keep its process for long.
smtpd_timeout = 15s
smtpd_starttls_timeout = 15s
"""

# INFO says in the log that what follows, the acceptance, was the answer.
_FATES = """
/^busy@/ 450 4.2.1 This mailbox is being counted; come back after tea
/^unknown@/ 550 5.1.1 Nobody of this name lives here
/./ INFO taken
"""

_HEADERS = """
/^X-Fate: refused/ REJECT This is not wanted
"""

_MASTER = """
{port_starttls} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
{port_implicit} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
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
discard unix - - n - - discard
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
showq unix n - n - - showq
"""


class FarPostfix:
    def __init__(self, directory: Path, network: FarNetwork):
        self.directory = directory
        self.configuration = directory / "configuration"
        self.configuration.mkdir()
        (directory / "queue").mkdir()
        (directory / "data").mkdir(0o700)
        os.chown(directory / "data", pwd.getpwnam("postfix").pw_uid, -1)
        self.authority = Authority(directory / "certificates", f"IP:{FAR}")
        self.network = network
        self._server: MailServer | None = None
        self._dovecot = Dovecot(directory / "dovecot")
        self._dovecot.start()
        self._log = _LogKeeper(directory / "log.socket", directory / "mail.log")
        self._make_devices()
        certificate = self.authority.certificates[Kind.VALID]
        for name, text in (("main.cf", _MAIN), ("master.cf", _MASTER), ("fates", _FATES),
                           ("headers", _HEADERS)):
            (self.configuration / name).write_text(text.format(
                directory=directory, configuration=self.configuration, host_name=HOST_NAME,
                address=FAR, certificate=certificate, sasl=self._dovecot.socket,
                port_starttls=STARTTLS_PORT, port_implicit=IMPLICIT_PORT))

    @property
    def log_file(self) -> Path:
        return self.directory / "mail.log"

    def start(self) -> None:
        # A message that was being received when Postfix was killed is no message. It marks what is
        # complete as executable, and so it would see itself, but only after a day.
        for file in self.queue_files():
            if not file.stat().st_mode & 0o100:
                file.unlink()
        # The first time Postfix checks its directories, and makes those that are missing.
        if (self.directory / "queue" / "active").exists():
            (self.directory / "queue" / "quick-start").touch()
        self._server = _FarServer(self.network, self.directory / "dev",
                                  ["postfix", "-c", str(self.configuration), "start-fg"],
                                  self.directory / "output.log")
        for port in (STARTTLS_PORT, IMPLICIT_PORT):
            self._server.wait_for(lambda p=port: self.network.listens(p), f"port {port}")

    def stop(self) -> None:
        if self._server is not None:
            self._server.end()
            self._server = None

    def kill(self) -> None:
        """Every process of it at the same moment, whatever it is doing."""
        os.kill(self._first_process(), signal.SIGKILL)
        self._server.process.wait(10)
        self._server = None

    def pause(self) -> None:
        self._signal_all(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal_all(signal.SIGCONT)

    def close(self) -> None:
        self.stop()
        self._dovecot.stop()
        self._log.close()

    def queue_files(self) -> list[Path]:
        return [file for name in ("maildrop", "incoming", "active", "deferred", "hold")
                for file in files_below(self.directory / "queue" / name)]

    def _first_process(self) -> int:
        pid = self._server.process.pid
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])

    def _signal_all(self, number: int) -> None:
        """All in its pid namespace; again until there are no new ones."""
        namespace = os.readlink(f"/proc/{self._first_process()}/ns/pid")
        known: set[int] = set()
        while True:
            new = [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc")))
                   if pid not in known and _namespace_of(pid) == namespace]
            if not new:
                return
            for pid in new:
                known.add(pid)
                try:
                    os.kill(pid, number)
                except ProcessLookupError:
                    pass

    def _make_devices(self) -> None:
        """A /dev for Postfix alone, with our socket for its log."""
        devices = self.directory / "dev"
        devices.mkdir()
        for name in ("null", "zero", "random", "urandom", "tty"):
            there = os.stat(f"/dev/{name}")
            os.mknod(devices / name, there.st_mode, there.st_rdev)
            (devices / name).chmod(0o666)
        (devices / "log").symlink_to(self.directory / "log.socket")


class _FarServer(MailServer):
    def __init__(self, network: FarNetwork, devices: Path, command: list[str], output: Path):
        in_front = MailServer._wrapper.index("unshare")
        self._wrapper = [*MailServer._wrapper[:in_front], *network.enter,
                         *MailServer._wrapper[in_front:]]
        super().__init__(["sh", "-c", f'mount --bind {devices} /dev && exec "$@"', "sh", *command],
                         output)


class _LogKeeper:
    """Takes what syslog(3) sends, one datagram a line."""

    def __init__(self, path: Path, file: Path):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.settimeout(0.2)
        path.chmod(0o666)
        self._file = file.open("wb", buffering=0)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, daemon=True)
        self._thread.start()

    def _keep(self) -> None:
        while True:
            try:
                line = self._socket.recv(65536)
            except TimeoutError:
                if self._stopping.is_set():
                    return
                continue
            self._file.write(line.rstrip(b"\0\n") + b"\n")

    def close(self) -> None:
        self._stopping.set()
        self._thread.join(10)
        self._socket.close()
        self._file.close()


def _namespace_of(pid: int) -> str:
    try:
        return os.readlink(f"/proc/{pid}/ns/pid")
    except OSError:
        return ""
