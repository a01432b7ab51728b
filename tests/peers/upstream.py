"""What the two upstreams have in common, as the scenarios see them.

An upstream listens on one port for each way of TLS and each certificate, takes mail from USER only,
decides about a recipient by its local part (mailboxes.py), and delivers into maildirs."""

import abc
import enum
import smtplib
import ssl
from pathlib import Path

from certificates import Authority, Kind
from conversation import Conversation, Reply
from mailboxes import Mailboxes
from workplace import LOOPBACK, free_port, make_directory, remove_directory, wait_until

USER = "erp"
PASSWORD = "correct horse battery staple"
WRONG_PASSWORD = "incorrect horse"
HOST_NAME = "mx.example.test"
NOBODY = (65534, 65534)  # Who owns the delivered mail.
LARGEST_MESSAGE = 64 * 1024 * 1024


class Tls(enum.Enum):
    """As in an upstream's configuration."""
    STARTTLS = "starttls"
    IMPLICIT = "implicit"


class Upstream(abc.ABC):
    name: str

    def __init__(self) -> None:
        self.directory = make_directory()
        try:
            self.authority = Authority(self.directory / "certificates")
            self.mailboxes = Mailboxes(self.directory / "mailboxes", *NOBODY)
            self.ports = {(tls, kind): free_port() for tls in Tls for kind in Kind}
            self.prepare()
            self.start()
        except BaseException:
            self.close()
            raise

    @abc.abstractmethod
    def prepare(self) -> None:
        """Writes the configuration."""

    @abc.abstractmethod
    def start(self) -> None:
        """Returns when all ports listen."""

    @abc.abstractmethod
    def stop(self) -> None:
        """Returns when nothing of it runs any more; no harm where nothing did."""

    @abc.abstractmethod
    def queue_files(self) -> list[Path]:
        """Messages that were taken and are not delivered yet."""

    @abc.abstractmethod
    def log(self) -> str: ...

    def port(self, tls: Tls, kind: Kind = Kind.VALID) -> int:
        return self.ports[tls, kind]

    def close(self) -> None:
        self.stop()
        remove_directory(self.directory)

    def wait_until_idle(self) -> None:
        """Whatever was taken has been delivered; only then is an empty mailbox evidence."""
        wait_until(lambda: not self.queue_files(), f"{self.name}'s queue to become empty")

    def session(self, tls: Tls, kind: Kind = Kind.VALID) -> smtplib.SMTP:
        """A direct session, encrypted and checked, not logged in."""
        trust = ssl.create_default_context(cafile=str(self.authority.file))
        port = self.port(tls, kind)
        if tls is Tls.IMPLICIT:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(LOOPBACK, port, "client.test", timeout=30,
                                                  context=trust)
        else:
            smtp = smtplib.SMTP(LOOPBACK, port, "client.test", timeout=30)
            smtp.starttls(context=trust)
        smtp.ehlo()
        return smtp

    def what_a_direct_session_hears(self, tls: Tls, sender: str, recipients: list[str],
                                    message: bytes | None = None,
                                    login: bool = True) -> Conversation:
        """The same commands that a client gives, without a relay; without a message it is reset
        after its recipients."""
        heard = Conversation()
        with self.session(tls) as smtp:
            if login:
                smtp.login(USER, PASSWORD)
            heard.add(f"MAIL FROM:<{sender}>", *smtp.mail(sender))
            for recipient in recipients:
                heard.add(f"RCPT TO:<{recipient}>", *smtp.rcpt(recipient))
            if message is None:
                smtp.rset()
            else:
                heard.add(".", *smtp.data(message))
        return heard

    def what_a_direct_login_hears(self, tls: Tls, mechanism: str, password: str) -> Reply:
        with self.session(tls) as smtp:
            smtp.user, smtp.password = USER, password
            authenticate = smtp.auth_plain if mechanism == "PLAIN" else smtp.auth_login
            try:
                return Reply.of(*smtp.auth(mechanism, authenticate))
            except smtplib.SMTPAuthenticationError as refused:
                return Reply.of(refused.smtp_code, refused.smtp_error)
