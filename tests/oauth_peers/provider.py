"""The OpenID provider: npm's oidc-provider (provider/main.mjs) in a process of its own, and what
the tests command it and learn from it."""

import contextlib
import json
import ssl
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from certificates import Authority, Kind
from client_key import ClientKey
from node import Node
from workplace import LOOPBACK, free_port

MAILBOX = "erp@example.test"
CLIENT_SECRET = "a~secret+with/some%signs"
# The client that may ask what a token is worth.
MAIL_SERVER = "mail-server"
MAIL_SERVER_SECRET = "the-secret-of-the-mail-servers"

# The mail service, of whose tokens one kind is opaque and the other a JWT.
OPAQUE = "https://opaque.mail.test"
JWT = "https://jwt.mail.test"

# Of a Google service account; its key is the client's.
SERVICE_ACCOUNT = "truerelay@project.test"

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@dataclass(frozen=True)
class Event:
    what: str  # "request" or "answer" of the token endpoint, "authorization", "grant revoked"
    details: dict


class Provider:
    def __init__(self, directory: Path, authority: Authority):
        directory.mkdir()
        self.authority = authority
        self.port = free_port()
        self.issuer = f"https://localhost:{self.port}"
        self.token_url = f"{self.issuer}/token"
        self.device_url = f"{self.issuer}/device/auth"
        self.authorization_url = f"{self.issuer}/auth"
        self.introspection_url = f"{self.issuer}/token/introspection"
        self.client_key = ClientKey(directory)
        self.local_keys = directory / "local-keys"  # As Dovecot reads them.
        self._control = free_port()
        self._events = directory / "events.jsonl"
        certificate = authority.certificates[Kind.VALID]
        self._node = Node("provider/main.mjs", directory, {
            "port": self.port, "control_port": self._control, "events": str(self._events),
            "key": str(certificate.key), "certificate": str(certificate.chain),
            "client_secret": CLIENT_SECRET,
            "mail_server_secret": MAIL_SERVER_SECRET,
            "client_certificate": str(self.client_key.certificate),
            "service_account": SERVICE_ACCOUNT, "mailbox": MAILBOX,
            "opaque_resource": OPAQUE, "jwt_resource": JWT,
            "local_keys": str(self.local_keys), "access_token_seconds": 3600})

    def start(self) -> None:
        self._node.start([self.port, self._control])

    def stop(self) -> None:
        self._node.stop()

    def log(self) -> str:
        return self._node.log()

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.authority.file))

    # What the tests learn.

    def events(self, what: str) -> list[dict]:
        if not self._events.exists():
            return []
        # A line that is being written has no end yet.
        whole = self._events.read_text().rpartition("\n")[0]
        entries = [json.loads(line) for line in whole.splitlines()]
        return [entry for entry in entries if entry["what"] == what]

    def requests(self, grant: str | None = None) -> list[dict]:
        """The requests to the token endpoint, of one grant type where it is given."""
        return [each for each in self.events("request") if grant in (None, each.get("grant"))]

    def answers(self, grant: str | None = None) -> list[dict]:
        return [each for each in self.events("answer") if grant in (None, each.get("grant"))]

    # What the tests command.

    @contextlib.contextmanager
    def fault(self, kind: str, **details: object) -> Iterator[None]:
        """Makes the token endpoint misbehave as provider/faults.mjs describes it."""
        self.command("fault", fault={"kind": kind, **details})
        try:
            yield
        finally:
            self.command("clear")

    @contextlib.contextmanager
    def down(self) -> Iterator[None]:
        """Nobody listens; what has been issued is kept."""
        self.command("down")
        try:
            yield
        finally:
            self.command("up")

    @contextlib.contextmanager
    def set(self, command: str, name: str, value: object, usual: object) -> Iterator[None]:
        self.command(command, **{name: value})
        try:
            yield
        finally:
            self.command(command, **{name: usual})

    def person_declines(self) -> contextlib.AbstractContextManager[None]:
        return self.set("consent", "consents", False, True)

    def forgiving(self) -> contextlib.AbstractContextManager[None]:
        """A used refresh token is good until its successor has been seen: see
        provider/store.mjs."""
        return self.set("forgive", "forgiving", True, False)

    def short_lived_tokens(self, seconds: int) -> contextlib.AbstractContextManager[None]:
        return self.set("lifetime", "seconds", seconds, 3600)

    def revoke_everything(self) -> None:
        self.command("revoke")

    def forget_access_tokens(self) -> None:
        """They are worth nothing from now on, although they have not expired."""
        self.command("forget")

    def command(self, command: str, **details: object) -> None:
        request = urllib.request.Request(
            f"http://{LOOPBACK}:{self._control}/", method="POST",
            data=json.dumps({"command": command, **details}).encode())
        with urllib.request.urlopen(request, timeout=30) as answer:
            answer.read()
