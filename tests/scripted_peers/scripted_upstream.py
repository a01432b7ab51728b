"""A submission server that takes a login or answers it in any bad way. Where an answer can repeat
what it was sent, it does."""

import base64
import json
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from peer import Connection, Peer


@dataclass(frozen=True)
class Login:
    mechanism: str
    responses: tuple[str, ...]  # Base64, as they came.

    @property
    def secret(self) -> str:
        """The password, or the token."""
        last = base64.b64decode(self.responses[-1]).decode()
        if self.mechanism == "PLAIN":
            return last.split("\0")[2]
        if self.mechanism == "LOGIN":
            return last
        return last.partition("Bearer ")[2].rstrip("\x01")


# True: it is logged in. False: that was the answer. None: the connection is at an end.
Script = Callable[[Connection, Login], "bool | None"]


class ScriptedUpstream:
    def __init__(self, tls: ssl.SSLContext, script: Script):
        self.logins: list[Login] = []
        self._script = script
        self._peer = Peer(self._handle, tls)
        self.port = self._peer.port

    def told(self) -> bytes:
        return self._peer.told()

    def close(self) -> None:
        self._peer.close()

    def _handle(self, connection: Connection) -> None:
        connection.say("220 scripted ESMTP")
        while True:
            line = connection.line().decode()
            verb = line.upper().partition(" ")[0]
            if verb == "AUTH":
                login = _hear(connection, line)
                self.logins.append(login)
                taken = self._script(connection, login)
                if taken is None:
                    return
                if taken:
                    connection.say("235 2.7.0 Welcome")
            elif verb == "EHLO":
                connection.say("250-scripted\r\n250-8BITMIME\r\n"
                               "250 AUTH PLAIN LOGIN XOAUTH2 OAUTHBEARER")
            elif verb == "DATA":
                connection.say("354 Go ahead")
                while connection.line() != b".":
                    pass
                connection.say("250 2.0.0 Taken")
            else:
                connection.say("221 2.0.0 Goodbye" if verb == "QUIT" else "250 2.0.0 OK")
            if verb == "QUIT":
                return


def _hear(connection: Connection, command: str) -> Login:
    _, mechanism, *initial = command.split()
    responses = [each for each in initial if each != "="]
    for _ in range((2 if mechanism == "LOGIN" else 1) - len(responses)):
        connection.say("334 VXNlcm5hbWU6" if mechanism == "LOGIN" and not responses else "334 ")
        responses.append(connection.line().decode())
    return Login(mechanism, tuple(responses))


def takes_it(connection: Connection, login: Login) -> bool:
    return True


def says(form: str) -> Script:
    """`form` may have {secret}, {base64}, {hex} and {response} in it, the last as it was sent."""
    def script(connection: Connection, login: Login) -> bool:
        secret = login.secret.encode()
        connection.say(form.format(secret=login.secret, hex=secret.hex(),
                                   base64=base64.b64encode(b"\0" + secret).decode(),
                                   response=login.responses[-1]))
        return False
    return script


def _asks_again(connection: Connection, login: Login) -> bool:
    """334 upon 334, each with what it has heard, until the client gives up."""
    for _ in range(5):
        connection.say(f"334 {login.responses[-1]}")
        if connection.line() == b"*":
            connection.say(f"501 5.7.0 Given up {login.secret}")
            return False
    connection.say("535 5.7.8 Enough")
    return False


def _asks_in_plain_text(connection: Connection, login: Login) -> bool:
    connection.say(f"334 ?{login.secret}")
    connection.line()
    connection.say(f"501 5.7.0 {login.secret}")
    return False


def _explains_in_json(connection: Connection, login: Login) -> bool:
    """Gmail: 334, an empty line, 535."""
    why = json.dumps({"status": "400", "schemes": "Bearer", "scope": login.secret})
    connection.say(f"334 {base64.b64encode(why.encode()).decode()}")
    connection.line()
    connection.say("535-5.7.8 Username and Password not accepted.\r\n"
                   f"535 5.7.8 {login.responses[-1]}")
    return False


def _closes(connection: Connection, login: Login) -> None:
    return None


def _resets(connection: Connection, login: Login) -> None:
    connection.reset()


# After each of them the client hears a refusal.
REFUSALS: dict[str, Script] = {
    "535": says("535 5.7.8 Authentication credentials invalid"),
    "535-secret": says("535 5.7.8 Not {secret}"),
    "535-base64": says("535-5.7.8 Not this:\r\n535 5.7.8 {base64}"),
    "535-response": says("535 5.7.8 Not {response}"),
    "535-hex": says("535 5.7.8 Not {hex}"),
    "454-secret": says("454 4.7.0 Not now: {secret}"),
    "421-secret": says("421 4.7.0 Goodbye {secret}"),
    "432-secret": says("432 4.7.12 A password transition is needed from {secret}"),
    "451-of-office365": says("451 4.7.0 Temporary server error. Please try again later. PRX4 "
                             "[{secret}]"),
    "250-secret": says("250 2.0.0 Odd: {secret}"),
    "999-secret": says("999 {secret}"),
    "words": says("What is {secret}?"),
    "octets": lambda connection, login: connection.send(
        b"\xff\x00" + login.secret.encode() + b"\r\n"),
    "long-line": says("535 5.7.8 " + "{secret} " * 3000),
    "without-an-end": says("535-" + "{secret} " * 10),
    "334": _asks_again,
    "334-in-plain-text": _asks_in_plain_text,
    "334-json": _explains_in_json,
    "closes": _closes,
    "resets": _resets,
}
