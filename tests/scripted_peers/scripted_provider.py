"""A provider of tokens over HTTPS that answers well or in any bad way, by the path that is asked
for. Where an answer can repeat what it was sent, it does."""

import base64
import json
import ssl
import threading
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass

from peer import Connection, Peer
from workplace import LOOPBACK

# What of a request nobody else may see.
SECRET_FIELDS = ("client_secret", "refresh_token", "client_assertion", "assertion", "code",
                 "code_verifier", "device_code")


@dataclass(frozen=True)
class Asked:
    path: str
    body: str

    @property
    def form(self) -> dict[str, str]:
        return dict(urllib.parse.parse_qsl(self.body))

    def secrets(self) -> list[str]:
        return [self.form[name] for name in SECRET_FIELDS if name in self.form]


class ScriptedProvider:
    """`good` makes the answer to a request that is granted."""

    def __init__(self, tls: ssl.SSLContext, good: Callable[[Asked], dict[str, object]]):
        self.asked: list[Asked] = []
        self.patience = threading.Event()  # Set: who was kept waiting is let go.
        self._good = good
        self._peer = Peer(self._handle, tls)

    def url(self, path: str) -> str:
        return f"https://{LOOPBACK}:{self._peer.port}/{path}"

    def told(self) -> bytes:
        return self._peer.told()

    def close(self) -> None:
        self.patience.set()
        self._peer.close()

    def _handle(self, connection: Connection) -> None:
        path = connection.line().split()[1].decode().strip("/")
        length = 0
        while line := connection.line():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        asked = Asked(path, connection.octets(length).decode())
        self.asked.append(asked)
        fault = FAULTS.get(path.partition("/")[0])
        if fault is None:
            connection.send(_json(200, self._good(asked)))
        elif fault is _silence:
            self.patience.wait(60)
        elif (answer := fault(asked, self._good(asked))) is not None:
            connection.send(answer)
        else:
            connection.reset()


def _http(status: str, body: str, *headers: str, octets: int | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status}", *headers,
             f"Content-Length: {len(body.encode()) if octets is None else octets}", "", body]
    return "\r\n".join(lines).encode()


def _json(status: int, body: dict[str, object]) -> bytes:
    return _http(f"{status} Thus", json.dumps(body), "Content-Type: application/json")


def _refusal(status: int, error: str, form: Callable[[str], str]) -> "Fault":
    """In whose words the secret stands in some form."""
    return lambda asked, good: _json(status, {"error": error, "error_description": "We do not take "
                                              + " or ".join(map(form, asked.secrets()))})


def _as_it_stands(secret: str) -> str:
    return secret


def _base64(secret: str) -> str:
    return base64.b64encode(f"app:{secret}".encode()).decode()


def _echo(asked: Asked) -> str:
    return " ".join(asked.secrets())


def _silence(asked: Asked, good: dict[str, object]) -> bytes:
    raise AssertionError("it says nothing")


Fault = Callable[[Asked, dict[str, object]], bytes | None]

FAULTS: dict[str, Fault] = {
    "words": _refusal(400, "invalid_grant", _as_it_stands),
    "words-401": _refusal(401, "invalid_client", _as_it_stands),
    "words-200": _refusal(200, "invalid_client", _as_it_stands),
    "words-of-microsoft": _refusal(401, "invalid_client", lambda secret: f"AADSTS7000215 {secret}"),
    "words-for-now": _refusal(400, "temporarily_unavailable", _as_it_stands),
    "words-quoted": _refusal(400, "invalid_grant", lambda secret: urllib.parse.quote(secret, "")),
    "words-base64": _refusal(400, "invalid_grant", _base64),
    "words-hex": _refusal(400, "invalid_grant", lambda secret: secret.encode().hex()),
    "words-capitals": _refusal(400, "invalid_grant", lambda secret: secret.encode().hex().upper()),
    "words-cut-off": _refusal(400, "invalid_grant", lambda secret: secret[:len(secret) * 9 // 10]),
    "words-of-the-request": lambda asked, good: _json(400, {
        "error": "invalid_request", "error_description": f"not understood: {asked.body}"}),
    "code": lambda asked, good: _json(400, {"error": asked.secrets()[0]}),
    "code-inside": lambda asked, good: _json(400, {"error": asked.secrets()[0].strip("%+/=&")}),
    "429": lambda asked, good: _http("429 Slower", _echo(asked), f"Retry-After: {_echo(asked)}"),
    "500": lambda asked, good: _http("500 Broken", _echo(asked)),
    "503-html": lambda asked, good: _http(
        "503 Busy", f"<html><body>{_echo(asked)}</body></html>", "Content-Type: text/html"),
    "200-html": lambda asked, good: _http(
        "200 OK", f"<html><body>{_echo(asked)}</body></html>", "Content-Type: text/html"),
    "garbage": lambda asked, good: _http("200 OK", f"{{\"access_token\": \x01{_echo(asked)}"),
    "empty": lambda asked, good: _http("200 OK", ""),
    "token-with-a-line-end": lambda asked, good: _json(
        200, good | {"access_token": f"{good['access_token']}\r\nNOOP"}),
    "token-of-another-type": lambda asked, good: _json(200, good | {"token_type": _echo(asked)}),
    "odd-lifetime": lambda asked, good: _json(200, good | {"expires_in": _echo(asked)}),
    "redirect": lambda asked, good: _http(
        "307 Elsewhere", "", f"Location: https://{LOOPBACK}:1/elsewhere?{asked.body}"),
    "request-as-an-answer": lambda asked, good: _http("200 OK", asked.body),
    "request-as-a-refusal": lambda asked, good: _http("400 No", asked.body),
    "reason": lambda asked, good: _http(f"400 {_echo(asked)}", ""),
    "malformed-header": lambda asked, good: _http("200 OK", "{}", f"X-Echo {_echo(asked)}\x01"),
    "no-http": lambda asked, good: f"ECHO {_echo(asked)}\r\n\r\n".encode(),
    "too-long": lambda asked, good: _http("200 OK", f"{_echo(asked)} " * 4000),
    "cut-off": lambda asked, good: _http("200 OK", json.dumps(good)[:-1], octets=100_000),
    "reset": lambda asked, good: None,
    "silence": _silence,
}
