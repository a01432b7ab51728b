"""Proxies that want a login, HTTP CONNECT and SOCKS5, and let it pass, or refuse in any bad way.
Where an answer can repeat what it was sent, it does."""

import base64
import contextlib
import select
import socket
from collections.abc import Callable

from peer import Connection, Gone, Peer

# Of a connection and the password that came on it.
Script = Callable[[Connection, str], None]


class ScriptedProxy:
    """`answer` None: it lets everything pass."""

    def __init__(self, scheme: str, answer: Script | None = None):
        self.tunnels: list[str] = []  # "127.0.0.1:587", to where it has let somebody pass.
        self.passwords: list[str] = []
        self._answer = answer
        self._peer = Peer({"http": self._http, "socks5": self._socks5}[scheme])
        self.url = f"{scheme}://127.0.0.1:{self._peer.port}"

    def told(self) -> bytes:
        return self._peer.told()

    def close(self) -> None:
        self._peer.close()

    def _http(self, connection: Connection) -> None:
        where = connection.line().decode().split()[1]
        password = ""
        while line := connection.line().decode():
            name, _, value = line.partition(": ")
            if name.lower() == "proxy-authorization":
                password = base64.b64decode(value.split()[1]).decode().partition(":")[2]
        self._let_pass(connection, where, password,
                       lambda: connection.send(b"HTTP/1.1 200 Passed\r\n\r\n"))

    def _socks5(self, connection: Connection) -> None:
        """RFC 1928 and RFC 1929."""
        connection.octets(connection.octets(2)[1])
        connection.send(b"\x05\x02")
        connection.octets(1)
        connection.octets(connection.octets(1)[0])
        password = connection.octets(connection.octets(1)[0]).decode()
        if self._answer is not None:
            self.passwords.append(password)
            self._answer(connection, password)
            return
        connection.send(b"\x01\x00")
        kind = connection.octets(4)[3]
        host = (socket.inet_ntoa(connection.octets(4)) if kind == 1
                else connection.octets(connection.octets(1)[0]).decode())
        where = f"{host}:{int.from_bytes(connection.octets(2))}"
        self._let_pass(connection, where, password,
                       lambda: connection.send(b"\x05\x00\x00\x01" + bytes(6)))

    def _let_pass(self, connection: Connection, where: str, password: str,
                  agree: Callable[[], None]) -> None:
        self.passwords.append(password)
        if self._answer is not None:
            self._answer(connection, password)
            return
        host, _, port = where.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=10) as beyond:
            self.tunnels.append(where)
            agree()
            _copy(connection.socket, beyond)


def _copy(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(Gone):
        while True:
            for ready in select.select([one, other], [], [], 60)[0]:
                octets = ready.recv(1 << 16)
                if not octets:
                    return
                (other if ready is one else one).sendall(octets)


def _http(status: str) -> Script:
    """`status` has {secret} or {base64} in it."""
    def script(connection: Connection, password: str) -> None:
        words = status.format(secret=password,
                              base64=base64.b64encode(f"erp:{password}".encode()).decode())
        connection.send(f"HTTP/1.1 {words}\r\nProxy-Authenticate: Basic realm=\"{password}\"\r\n"
                        f"Content-Length: {len(words)}\r\n\r\n{words}".encode())
    return script


def _socks5(octets: bytes) -> Script:
    def script(connection: Connection, password: str) -> None:
        connection.send(octets.replace(b"{secret}", password.encode()))
        with contextlib.suppress(Gone):
            connection.some()
    return script


def _address(password: str) -> bytes:
    return bytes([len(password)]) + password.encode()


def _names_the_password(connection: Connection, password: str) -> None:
    """In the place of the address, RFC 1928 section 6."""
    connection.send(b"\x01\x00")
    connection.some()
    connection.send(b"\x05\x05\x00\x03" + _address(password) + b"\x00\x19")


REFUSALS: dict[tuple[str, str], Script] = {
    ("http", "407"): _http("407 Proxy Authentication Required"),
    ("http", "407-secret"): _http("407 Not {secret}"),
    ("http", "407-base64"): _http("407 Not {base64}"),
    ("http", "403-secret"): _http("403 No {secret}"),
    ("http", "502-secret"): _http("502 Cannot reach {secret}"),
    ("http", "words"): lambda connection, password: connection.send(f"{password}\r\n".encode()),
    ("http", "resets"): lambda connection, password: connection.reset(),
    ("socks5", "refused"): _socks5(b"\x01\x01"),
    ("socks5", "words"): _socks5(b"{secret}"),
    ("socks5", "address"): _names_the_password,
    ("socks5", "unreachable"): _socks5(b"\x01\x00\x05\x03\x00\x01\x00\x00\x00\x00\x00\x00"),
    ("socks5", "resets"): lambda connection, password: connection.reset(),
}
