"""A client that is its socket: for what no well-behaved program does, and for the oldest ones."""

import socket

from conversation import END_OF_DATA, Conversation, Reply
from messages import dot_stuffed
from workplace import LOOPBACK


class RawSession:
    def __init__(self, port: int):
        self._socket = socket.create_connection((LOOPBACK, port), timeout=60)
        self._lines = self._socket.makefile("rb")
        self.heard = Conversation()
        self._read_reply("")

    def __enter__(self) -> "RawSession":
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def command(self, line: str) -> Reply:
        self.write(line.encode("ascii") + b"\r\n")
        return self._read_reply(line)

    def write(self, octets: bytes) -> None:
        self._socket.sendall(octets)

    def finish(self, message: bytes) -> Reply:
        """The message and its end."""
        self.write(dot_stuffed(message) + b".\r\n")
        reply = self._read_reply(END_OF_DATA)
        self.heard.believes_it_is_sent = reply.is_positive()
        return reply

    def leave(self) -> None:
        """Hangs up, without a word."""
        self._lines.close()
        self._socket.close()

    def _read_reply(self, command: str) -> Reply:
        lines = []
        while True:
            line = self._lines.readline()
            if not line.endswith(b"\r\n"):
                raise ConnectionError(f"the reply to {command!r} broke off after {lines} {line!r}")
            lines.append(line[:-2].decode("utf-8", "replace"))
            if lines[-1][3:4] != "-":
                return self.heard.add(command, int(lines[-1][:3]),
                                      "\n".join(each[4:] for each in lines))
