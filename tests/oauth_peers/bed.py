"""The bed that the tests lie on: the provider, and every mail server that checks its tokens,
started together for a module's tests."""

import contextlib
from dataclasses import dataclass
from pathlib import Path

from certificates import Authority
from dovecot_submission import DovecotSubmission, Validation
from mail_servers import NpmMailServers, session
from provider import JWT, OPAQUE, Provider
from workplace import make_directory, remove_directory


@dataclass(frozen=True)
class Door:
    """A way to hand a message over."""
    name: str
    port: int
    implicit: bool                # TLS from the first byte; else STARTTLS
    mechanisms: tuple[str, ...]
    resource: str                 # Whose tokens it can check.
    server: str                   # Where a message that it has taken turns up.


class Bed:
    directory: Path
    authority: Authority
    provider: Provider
    mail: NpmMailServers
    doors: dict[str, Door]

    def __init__(self) -> None:
        self._stack = contextlib.ExitStack()
        self._dovecots: list[DovecotSubmission] = []

    def open(self) -> None:
        with contextlib.ExitStack() as stack:
            self.directory = make_directory()
            stack.callback(remove_directory, self.directory)
            self.authority = Authority(self.directory / "certificates")
            self.provider = Provider(self.directory / "provider", self.authority)
            stack.callback(self.provider.stop)
            self.provider.start()
            self.mail = NpmMailServers(self.directory / "mail", self.authority, self.provider)
            stack.callback(self.mail.stop)
            self.mail.start()
            ports = self.mail.ports
            self._dovecots = []
            self.doors = {each.name: each for each in (
                Door("gmail", ports["gmail"], True, ("XOAUTH2",), OPAQUE, "gmail"),
                Door("office365", ports["office365"], False, ("XOAUTH2",), OPAQUE, "office365"),
                self._dovecot(stack, Validation.INTROSPECTION, OPAQUE),
                self._dovecot(stack, Validation.LOCAL, JWT))}
            self._stack = stack.pop_all()

    def close(self) -> None:
        self._stack.close()

    def session(self, door: Door):
        return session(door.port, self.authority, door.implicit)

    def log(self) -> str:
        """What everybody has to say, for a test that fails."""
        logs = {"provider": self.provider.log(), "mail servers": self.mail.log()}
        logs |= {f"Dovecot {number}": each.log()
                 for number, each in enumerate(self._dovecots, 1)}
        return "\n".join(f"{name}:\n{text[-800:]}" for name, text in logs.items())

    def _dovecot(self, stack: contextlib.ExitStack, validation: Validation, resource: str) -> Door:
        name = f"dovecot-{validation.value}"
        dovecot = DovecotSubmission(self.directory / name, self.authority, self.provider,
                                    self.mail.ports["sink"], validation)
        self._dovecots.append(dovecot)
        stack.callback(dovecot.stop)
        dovecot.start()
        return Door(name, dovecot.port, False, ("OAUTHBEARER", "XOAUTH2"), resource, "sink")
