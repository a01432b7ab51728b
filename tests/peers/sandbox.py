"""The practice upstream that ships with truerelay, as a process of its own."""

import os
from pathlib import Path

from server import Server
from workplace import free_port

USER = "erp@example.org"  # With any password.


class Sandbox:
    def __init__(self, directory: Path):
        self.mail = directory / "sandbox-mail"
        self.authority = directory / "sandbox-certificates" / "ca.pem"
        self.starttls_port = free_port()
        self.implicit_port = free_port()
        self._server = Server(
            [os.environ["TRUERELAY"], "sandbox", "--port", str(self.starttls_port),
             "--tls-port", str(self.implicit_port), "--certs", str(self.authority.parent),
             "--mail", str(self.mail), "--user", USER], directory / "sandbox.log")
        self._server.wait_for_ports([self.starttls_port, self.implicit_port])

    def messages(self) -> list[bytes]:
        return [file.read_bytes() for file in self.mail.glob("*.eml")]

    def close(self) -> None:
        self._server.end()
