"""Processes that a test run starts: each is ended by the pid that was started, and none outlives
the run, not even when the run is killed."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

from workplace import PeerError, listens, wait_until


class Server:
    """A process in the foreground, with its output in a file. When the tests die, the kernel
    ends it as well (setpriv --pdeathsig)."""

    _wrapper = ["setpriv", "--pdeathsig", "TERM", "--"]

    def __init__(self, command: list[str], output: Path):
        self.command = " ".join(command)[:200]
        self.output = output
        with output.open("ab") as sink:
            self.process = subprocess.Popen([*self._wrapper, *command], stdin=subprocess.DEVNULL,
                                            stdout=sink, stderr=sink, start_new_session=True)

    def running(self) -> bool:
        return self.process.poll() is None

    def text(self) -> str:
        return self.output.read_text(errors="replace")

    def wait_for(self, condition: Callable[[], bool], what: str, seconds: float = 15.0) -> None:
        """Waits for a sign of life, and not for that of a process that has ended."""
        try:
            wait_until(lambda: not self.running() or condition(), what, seconds)
        except PeerError as late:
            raise PeerError(f"{self.command}: {late}\n{self.text()}") from None
        if not self.running():
            raise PeerError(f"{self.command} ended with status {self.process.returncode}:\n"
                            f"{self.text()}")

    def wait_for_ports(self, ports: list[int], seconds: float = 15.0) -> None:
        for port in ports:
            self.wait_for(lambda p=port: listens(p), f"it listens on port {port}", seconds)

    def end(self, seconds: float = 10.0) -> int:
        """Asks it to end, insists where that does not help, and returns its exit status."""
        if self.running():
            self._ask_to_end()
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait(seconds)

    def _ask_to_end(self) -> None:
        self.process.terminate()


class MailServer(Server):
    """A server that is many processes, some of which leave their parents. So they live in a pid
    name space: with its first process, a shell that does nothing but wait, the kernel ends all of
    them. They have mounts of their own too, for files that a server wants in a certain place."""

    # The shell keeps its user, and with it the signal for the death of its parent.
    _wrapper = ["setpriv", "--pdeathsig", "KILL", "--",
                "unshare", "--mount", "--propagation", "private",
                "--pid", "--fork", "--kill-child", "--",
                "sh", "-c", 'trap "kill -TERM -1" TERM; "$@" & wait $!; wait $!', "sh"]

    def _ask_to_end(self) -> None:
        # What was started is unshare, which takes no signal and waits for the shell, its child.
        pid = self.process.pid
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGTERM)
