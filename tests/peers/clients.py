"""The clients: programs that know plain SMTP, as an ERP does. Each sends one message and tells the
conversation that it had."""

import abc
import re
import shlex
import smtplib
import subprocess
from dataclasses import dataclass

from conversation import END_OF_DATA, Conversation, read_transcript
from messages import SENDER, dot_stuffed
from workplace import LOOPBACK, PeerError

_NAME = "client.test"
_TIMEOUT = 60  # seconds; of a client for a reply, as a bound, not as a measure


@dataclass(frozen=True)
class Login:
    mechanism: str  # PLAIN or LOGIN
    user: str
    password: str


class Client(abc.ABC):
    # Whether it gives up the message when one of its recipients is refused.
    one_refusal_is_enough = False

    @abc.abstractmethod
    def send(self, port: int, recipients: list[str], message: bytes,
             login: Login | None = None) -> Conversation: ...


class Swaks(Client):
    """The command-line tester of mail administrators; lockstep."""

    _SENT = re.compile(r"^ (?:->|~>) (.*)$")
    _HEARD = re.compile(r"^<(?:- |\*\*|~ |~\*) (\d{3}.*)$")

    def send(self, port: int, recipients: list[str], message: bytes,
             login: Login | None = None) -> Conversation:
        command = ["swaks", "--server", f"{LOOPBACK}:{port}", "--ehlo", _NAME, "--from", SENDER,
                   "--to", ",".join(recipients), "--data", "-", "--no-data-fixup",
                   "--suppress-data", "--timeout", str(_TIMEOUT)]
        if login is not None:
            command += ["--auth", login.mechanism, "--auth-user", login.user,
                        "--auth-password", login.password]
        # As it stands on the wire: left to itself, swaks takes a last line "." for the end.
        status, transcript = _run(command, dot_stuffed(message) + b".\r\n")
        conversation = read_transcript(transcript, self._SENT, self._HEARD,
                                       re.compile(r"^(\d+ lines sent|\.)$"))
        conversation.believes_it_is_sent = status == 0
        return conversation


class Msmtp(Client):
    """The sendmail replacement; pipelines MAIL, RCPT and DATA where it may."""

    one_refusal_is_enough = True
    _SENT = re.compile(r"^--> (.*)$")
    _HEARD = re.compile(r"^<-- (\d{3}.*)$")

    def send(self, port: int, recipients: list[str], message: bytes,
             login: Login | None = None) -> Conversation:
        # --host makes it read no configuration file; the rest keeps it from touching the message.
        command = ["msmtp", "--debug", f"--host={LOOPBACK}", f"--port={port}", "--tls=off",
                   f"--domain={_NAME}", f"--from={SENDER}", f"--timeout={_TIMEOUT}",
                   "--set-from-header=off", "--set-date-header=off", "--set-msgid-header=off",
                   "--remove-bcc-headers=off"]
        if login is None:
            command += ["--auth=off"]
        else:
            command += [f"--auth={login.mechanism.lower()}", f"--user={login.user}",
                        f"--passwordeval=echo {shlex.quote(login.password)}"]
        status, transcript = _run([*command, "--", *recipients], _unix_lines(message))
        conversation = read_transcript(transcript, self._SENT, self._HEARD, re.compile(r"^\.$"))
        conversation.believes_it_is_sent = status == 0
        return conversation


class Smtplib(Client):
    """Python's own, as many reporting tools use it; lockstep."""

    def send(self, port: int, recipients: list[str], message: bytes,
             login: Login | None = None) -> Conversation:
        heard = Conversation()
        try:
            with smtplib.SMTP(timeout=_TIMEOUT) as smtp:
                heard.add("", *smtp.connect(LOOPBACK, port))
                smtp.local_hostname = _NAME
                heard.add(f"EHLO {_NAME}", *smtp.ehlo())
                if heard.exchanges[-1][1].is_refusal():
                    heard.add(f"HELO {_NAME}", *smtp.helo())
                if login is None or self._log_in(smtp, login, heard):
                    self._send(smtp, recipients, message, heard)
        except (smtplib.SMTPServerDisconnected, TimeoutError, ConnectionError) as left:
            heard.transcript += f"the connection broke: {left!r}\n"
        return heard

    @staticmethod
    def _log_in(smtp: smtplib.SMTP, login: Login, heard: Conversation) -> bool:
        smtp.user, smtp.password = login.user, login.password
        authenticate = smtp.auth_plain if login.mechanism == "PLAIN" else smtp.auth_login
        try:
            code, text = smtp.auth(login.mechanism, authenticate)
        except smtplib.SMTPAuthenticationError as refused:
            code, text = refused.smtp_code, refused.smtp_error
        return heard.add(f"AUTH {login.mechanism}", code, text).is_positive()

    @staticmethod
    def _send(smtp: smtplib.SMTP, recipients: list[str], message: bytes,
              heard: Conversation) -> None:
        options = ["BODY=8BITMIME"] if smtp.has_extn("8bitmime") else []
        if smtp.has_extn("size"):
            options.append(f"SIZE={len(message)}")
        if heard.add(f"MAIL FROM:<{SENDER}>", *smtp.mail(SENDER, options)).is_refusal():
            return
        replies = [heard.add(f"RCPT TO:<{recipient}>", *smtp.rcpt(recipient))
                   for recipient in recipients]
        if not any(reply.is_positive() for reply in replies):
            return
        try:
            final = heard.add(END_OF_DATA, *smtp.data(message))
            heard.believes_it_is_sent = final.is_positive()
        except smtplib.SMTPDataError as refused:
            heard.add("DATA", refused.smtp_code, refused.smtp_error)


def _unix_lines(message: bytes) -> bytes:
    """As a file or a pipe has it; the client makes CRLF of it."""
    return message.replace(b"\r\n", b"\n")


def _run(command: list[str], standard_input: bytes) -> tuple[int, bytes]:
    try:
        # One pipe for both, so that the client's last words stand where they were said.
        done = subprocess.run(command, input=standard_input, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=2 * _TIMEOUT)
    except FileNotFoundError:
        raise PeerError(f"{command[0]} is not installed: run tests/peers/install.sh") from None
    return done.returncode, done.stdout
