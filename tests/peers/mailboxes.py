"""What the upstream really has: the maildirs that it delivers into.

They are the evidence. What a client was told is held against the files that are here, and what was
refused must not be here."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from workplace import wait_until

DOMAIN = "example.test"

# How the upstreams in this folder are set up: the local part decides what becomes of a recipient.
TAKEN = "taken"      # accepted and delivered
BUSY = "busy"        # refused for now, with a 4xx
UNKNOWN = "unknown"  # refused for good, with a 5xx

MOST_ADDRESSES = 999  # of one fate, in one run
_counter = iter(range(1, MOST_ADDRESSES + 1))


def new_address(fate: str) -> str:
    """An address that no other test uses, so that each finds only its own mail."""
    return f"{fate}-{next(_counter)}@{DOMAIN}"


@dataclass(frozen=True)
class Delivered:
    trace: bytes    # The header fields that the upstream has put on top.
    message: bytes  # All that follows, with CRLF line ends as on the wire.

    def received_fields(self) -> list[str]:
        """The Received fields, unfolded."""
        unfolded = re.sub(rb"\n[ \t]+", b" ", self.trace).decode("ascii", "replace")
        return [line for line in unfolded.splitlines() if line.lower().startswith("received:")]


class Mailboxes:
    def __init__(self, root: Path, uid: int, gid: int):
        self.root = root
        root.mkdir()
        # The deliverer makes each mailbox under its own uid.
        os.chown(root, uid, gid)
        self._expected: set[str] = set()

    def wait_for(self, address: str, count: int = 1) -> list[Delivered]:
        """The mail of an address that was told to be accepted: exactly `count` messages."""
        local_part = address.partition("@")[0]
        self._expected.add(local_part)
        wait_until(lambda: len(self._files(local_part)) >= count,
                   f"{count} accepted message(s) for {address} to be delivered")
        return [_split(file.read_bytes()) for file in self._files(local_part)]

    def of(self, address: str) -> list[Path]:
        """What has been delivered to an address by now."""
        return self._files(address.partition("@")[0])

    def unexpected(self) -> list[str]:
        """Mailboxes with mail that no test has waited for: somebody was told otherwise."""
        return sorted(box.name for box in self.root.iterdir() if box.name not in self._expected)

    def _files(self, local_part: str) -> list[Path]:
        return sorted((self.root / local_part).glob("new/*"))


_TRACE = re.compile(
    rb"(?:(?:Return-Path|Delivered-To|X-Original-To|Received):[^\n]*\n(?:[ \t][^\n]*\n)*)*",
    re.IGNORECASE)


def _split(file: bytes) -> Delivered:
    match = _TRACE.match(file)
    end = match.end() if match else 0
    return Delivered(file[:end], file[end:].replace(b"\n", b"\r\n"))
