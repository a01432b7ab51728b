"""What the three kinds of mail servers have in common: they take mail from whoever shows a token
that the provider has issued for the mailbox, and what they take is evidence."""

import base64
import json
import smtplib
import ssl
from dataclasses import dataclass
from pathlib import Path

from certificates import Authority, Kind
from node import Node
from provider import MAIL_SERVER, MAIL_SERVER_SECRET, Provider
from workplace import LOOPBACK, free_port, wait_until


@dataclass(frozen=True)
class Taken:
    server: str
    id: str          # In the reply to the end of the message.
    user: str        # Who was logged in.
    mechanism: str
    tls: bool        # Dovecot's sink is on loopback, and has none.
    sender: str
    recipients: list[str]
    message: bytes   # With CRLF line ends as on the wire.


class NpmMailServers:
    """npm's smtp-server (mail_server.mjs): Gmail's manner, Office 365's, and a sink for Dovecot."""

    def __init__(self, directory: Path, authority: Authority, provider: Provider):
        directory.mkdir()
        self.authority = authority
        self.ports = {name: free_port() for name in ("gmail", "office365", "sink")}
        self._messages = directory / "messages.jsonl"
        self._logins = directory / "logins.jsonl"
        certificate = authority.certificates[Kind.VALID]
        self._node = Node("mail_server.mjs", directory, {
            "ports": self.ports, "messages": str(self._messages), "logins": str(self._logins),
            "key": str(certificate.key), "certificate": str(certificate.chain),
            "authority": str(authority.file),
            "introspection": {"url": provider.introspection_url, "client": MAIL_SERVER,
                              "secret": MAIL_SERVER_SECRET}})

    def start(self) -> None:
        self._node.start(list(self.ports.values()))

    def stop(self) -> None:
        self._node.stop()

    def log(self) -> str:
        return self._node.log()

    def taken(self) -> list[Taken]:
        return [Taken(each["server"], each["id"], each.get("user", ""), each.get("mechanism", ""),
                      each["tls"], each["sender"], each["recipients"],
                      base64.b64decode(each["message"]))
                for each in _lines(self._messages)]

    def taken_for(self, recipient: str) -> list[Taken]:
        return [each for each in self.taken() if recipient in each.recipients]

    def wait_for(self, recipient: str) -> Taken:
        """The one message for a recipient that was told to be accepted."""
        wait_until(lambda: self.taken_for(recipient) != [], f"a message for {recipient}")
        taken = self.taken_for(recipient)
        if len(taken) != 1:
            raise AssertionError(f"{len(taken)} messages for {recipient}: {taken}")
        return taken[0]

    def logins(self) -> list[dict]:
        """Each token that was shown, with whom it was for and whether it was good."""
        return _lines(self._logins)


def session(port: int, authority: Authority, implicit: bool = False) -> smtplib.SMTP:
    """A direct session, encrypted and checked, not logged in."""
    trust = ssl.create_default_context(cafile=str(authority.file))
    if implicit:
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(LOOPBACK, port, "client.test", timeout=30,
                                              context=trust)
    else:
        smtp = smtplib.SMTP(LOOPBACK, port, "client.test", timeout=30)
        smtp.starttls(context=trust)
    smtp.ehlo()
    return smtp


def log_in(smtp: smtplib.SMTP, mechanism: str, user: str, token: str) -> list[tuple[int, bytes]]:
    """Shows a token, and hears what the server says to it; a challenge, which is where the reason
    of a refusal stands (RFC 7628 section 3.2.3), is answered as its mechanism wants it."""
    if mechanism == "XOAUTH2":
        first, then = f"user={user}\x01auth=Bearer {token}\x01\x01", b""
    else:
        first, then = f"n,a={user},\x01auth=Bearer {token}\x01\x01", base64.b64encode(b"\x01")
    smtp.docmd("AUTH", mechanism)
    # On a line of its own: with a JWT, the line of AUTH is longer than Dovecot takes.
    heard = [smtp.docmd(base64.b64encode(first.encode()).decode())]
    if heard[0][0] == 334:
        heard.append(smtp.docmd(then.decode()))
    return heard


def _lines(file: Path) -> list[dict]:
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text().rpartition("\n")[0].splitlines()]
