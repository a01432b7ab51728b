"""OpenSMTPD as a submission server, run from its unpacked package (install.sh).

Its paths and its users are compiled in: /var/spool/smtpd, /run/smtpd.sock,
/var/lib/opensmtpd/empty, /usr/libexec/opensmtpd, opensmtpd and opensmtpq. So it runs in a mount
name space of its own, where directories of the run stand in those places and /etc/passwd knows
those users; the machine itself stays as it is."""

import grp
import os
import pwd
import subprocess
from pathlib import Path

from mailboxes import BUSY, DOMAIN, TAKEN
from server import MailServer
from upstream import HOST_NAME, LARGEST_MESSAGE, NOBODY, PASSWORD, USER, Tls, Upstream
from workplace import LOOPBACK, PeerError, files_below

# install.sh's argument, handed down by CTest.
_UNPACKED = Path(os.environ.get("PEERS_DIRECTORY", "/nonexistent")) / "opensmtpd"

_CONFIGURATION = """
{pki}
table secrets file:{directory}/secrets
table owners {{ "@{domain}" = "{owner}" }}
table taken {{ "^(({taken})|({busy}))-[0-9]+@{domain}$" }}
table busy {{ "^{busy}-" }}

smtp max-message-size "{largest}"

filter counting phase rcpt-to match rcpt-to regex <busy> \\
  reject "450 4.2.1 This mailbox is being counted; come back after tea"

{listeners}

action deliver maildir "{mailboxes}/%{{rcpt.user}}" virtual <owners>
match auth from any for rcpt-to regex <taken> action deliver
"""

_WITH_ITS_OWN_MOUNTS = """
set -e
mount --bind "$1/etc/passwd" /etc/passwd
mount --bind "$1/etc/group" /etc/group
mount --bind "$2/usr/libexec" /usr/libexec
mount --bind "$1/var/spool" /var/spool
mount --bind "$1/var/lib" /var/lib
mount --bind "$1/run" /run
exec "$2/usr/sbin/smtpd" -d -f "$1/smtpd.conf"
"""


class OpenSmtpd(Upstream):
    name = "OpenSMTPD"
    _server: MailServer | None = None

    def prepare(self) -> None:
        if not (_UNPACKED / "usr/sbin/smtpd").exists():
            raise PeerError(f"OpenSMTPD is not in {_UNPACKED}: run tests/peers/install.sh "
                            "DIRECTORY and set PEERS_DIRECTORY to that directory")
        for name in ("etc", "run", "var/spool/smtpd", "var/lib/opensmtpd/empty"):
            (self.directory / name).mkdir(parents=True)
        (self.directory / "var/spool/smtpd").chmod(0o711)
        self._write_users()
        secrets = self.directory / "secrets"
        secrets.write_text(f"{USER} {self._hashed(PASSWORD)}\n")
        listeners, pki = [], []
        for tls, kind in self.ports:
            way = "smtps" if tls is Tls.IMPLICIT else "tls-require"
            listeners.append(f"listen on {LOOPBACK} port {self.port(tls, kind)} {way} "
                             f"pki {kind.value} auth <secrets> hostname {HOST_NAME} "
                             "filter counting")
        for kind, certificate in self.authority.certificates.items():
            pki.append(f'pki {kind.value} cert "{certificate.chain}"\n'
                       f'pki {kind.value} key "{certificate.key}"')
        (self.directory / "smtpd.conf").write_text(_CONFIGURATION.format(
            directory=self.directory, pki="\n".join(pki), listeners="\n".join(listeners),
            domain=DOMAIN, owner=pwd.getpwuid(NOBODY[0]).pw_name, taken=TAKEN, busy=BUSY,
            largest=LARGEST_MESSAGE, mailboxes=self.mailboxes.root))

    def _write_users(self) -> None:
        users = Path("/etc/passwd").read_text()
        groups = Path("/etc/group").read_text()
        for name in ("opensmtpd", "opensmtpq"):
            if name not in {user.pw_name for user in pwd.getpwall()}:
                number = _unused_number()
                users += f"{name}:x:{number}:{number}::/var/lib/opensmtpd/empty:/bin/false\n"
                groups += f"{name}:x:{number}:\n"
        (self.directory / "etc/passwd").write_text(users)
        (self.directory / "etc/group").write_text(groups)

    def start(self) -> None:
        self._server = MailServer(
            ["sh", "-c", _WITH_ITS_OWN_MOUNTS, "smtpd", str(self.directory), str(_UNPACKED)],
            self.directory / "output.log")
        self._server.wait_for_ports(list(self.ports.values()))

    def stop(self) -> None:
        if self._server is not None:
            self._server.end()
            self._server = None

    def queue_files(self) -> list[Path]:
        spool = self.directory / "var/spool/smtpd"
        return [file for name in ("incoming", "queue") for file in files_below(spool / name)]

    def log(self) -> str:
        output = self.directory / "output.log"
        return output.read_text(errors="replace") if output.exists() else ""

    @staticmethod
    def _hashed(password: str) -> str:
        done = subprocess.run(["openssl", "passwd", "-6", "-stdin"], input=password,
                              capture_output=True, text=True, timeout=30)
        if done.returncode != 0:
            raise PeerError(f"openssl passwd failed: {done.stderr}")
        return done.stdout.strip()


_given: set[int] = set()


def _unused_number() -> int:
    taken = {user.pw_uid for user in pwd.getpwall()} | {group.gr_gid for group in grp.getgrall()}
    number = next(n for n in range(900, 65000) if n not in taken and n not in _given)
    _given.add(number)
    return number
