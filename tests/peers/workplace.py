"""Where a test run lives: a directory of its own, free ports on loopback, bounded waits."""

import os
import random
import shutil
import socket
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

LOOPBACK = "127.0.0.1"


class PeerError(Exception):
    """A peer is missing, does not start or does not do its part: the test fails, it never skips."""


def make_directory() -> Path:
    """A new directory that the servers' own users can reach into."""
    if os.geteuid() != 0:
        raise PeerError("the peers need root: mail servers change to users of their own")
    directory = Path(tempfile.mkdtemp(prefix="truerelay-peers-"))
    directory.chmod(0o755)
    return directory


def remove_directory(directory: Path) -> None:
    shutil.rmtree(directory, ignore_errors=True)


def files_below(directory: Path) -> list[Path]:
    """All files, while servers make and remove them and their directories (so no rglob)."""
    return [Path(path, name) for path, _, names in os.walk(directory) for name in names]


_handed_out: set[int] = set()


def free_port() -> int:
    """A port that nobody listens on, below those that the kernel gives to outgoing connections,
    so that it stays free until it is used and while its server is restarted."""
    for _ in range(1000):
        port = random.randrange(10000, 32000)
        if port in _handed_out:
            continue
        with socket.socket() as probe:
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
        _handed_out.add(port)
        return port
    raise PeerError("no free port on loopback")


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 15.0) -> None:
    """Waits for a condition, but not for ever."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise PeerError(f"waited {seconds:g} s in vain: {what}")
        time.sleep(0.02)


def listens(port: int) -> bool:
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
        return True
    except OSError:
        return False
