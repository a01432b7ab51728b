"""A peer that does what a script says: a listening socket, a thread for each connection, and a
record of all that it was told."""

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable

from workplace import LOOPBACK

_SECONDS = 60      # After which nobody waits any more.
_LONGEST = 1 << 16


class Gone(Exception):
    """The other side has closed the connection."""


class Connection:
    def __init__(self, sock: socket.socket, tell: Callable[[bytes], None]):
        self.socket = sock
        self._tell = tell
        self._buffer = b""

    def line(self) -> bytes:
        """Without its end."""
        while b"\n" not in self._buffer:
            self._more()
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.rstrip(b"\r")

    def octets(self, count: int) -> bytes:
        while len(self._buffer) < count:
            self._more()
        octets, self._buffer = self._buffer[:count], self._buffer[count:]
        return octets

    def some(self) -> bytes:
        if not self._buffer:
            self._more()
        octets, self._buffer = self._buffer, b""
        return octets

    def send(self, octets: bytes) -> None:
        self.socket.sendall(octets)

    def say(self, line: str) -> None:
        self.send(line.encode() + b"\r\n")

    def reset(self) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def _more(self) -> None:
        octets = self.socket.recv(_LONGEST)
        if not octets:
            raise Gone
        self._tell(octets)
        self._buffer += octets


class Peer:
    """`handle` is called with each connection, and may return, or raise Gone, at any time."""

    def __init__(self, handle: Callable[[Connection], None], tls: ssl.SSLContext | None = None):
        self._handle = handle
        self._tls = tls
        self._told: list[bytes] = []
        self._listener = socket.create_server((LOOPBACK, 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def told(self) -> bytes:
        """All that it was told, in the clear."""
        return b"".join(self._told)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # Which wakes who waits for a connection.
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        # Whatever becomes of one connection is what a test has asked for.
        with contextlib.suppress(Gone, OSError):
            sock.settimeout(_SECONDS)
            if self._tls is not None:
                sock = self._tls.wrap_socket(sock, server_side=True)
            with sock:
                self._handle(Connection(sock, self._told.append))


def server_context(chain: str, key: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    return context
