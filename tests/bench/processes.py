"""Processes that the benchmark starts: each ends with it, and the kernel tells what it used."""

import json
import os
import re
import resource
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

LOOPBACK = "127.0.0.1"
_CLOCK_TICK = os.sysconf("SC_CLK_TCK")


class BenchError(Exception):
    """Something could not be measured; a sentence that says why."""


class Program:
    """A process in the foreground with its output in a file. The kernel ends it together with the
    benchmark (setpriv --pdeathsig)."""

    def __init__(self, command: list[str], output: Path):
        self.command = " ".join(command)
        self.output = output
        with output.open("ab") as sink:
            self.process = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", "--", *command],
                                            stdin=subprocess.DEVNULL, stdout=sink, stderr=sink,
                                            start_new_session=True)

    @property
    def pid(self) -> int:
        return self.process.pid

    def text(self) -> str:
        return self.output.read_text(errors="replace")

    def wait_for(self, ready: Callable[[], bool], what: str, seconds: float = 15) -> None:
        deadline = time.monotonic() + seconds
        while not ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise BenchError(f"{self.command}: {what} did not come\n{self.text()[-2000:]}")
            time.sleep(0.01)

    def wait_for_port(self, port: int) -> None:
        self.wait_for(lambda: _listens(port), f"a listener at port {port}")

    def wait_for_json(self, seconds: float = 15, line: int = 0) -> dict[str, Any]:
        """The JSON object number `line` that it prints, each on a line, between complaints."""
        def objects() -> list[str]:
            return re.findall(r"^\{.*\}$", self.text(), re.MULTILINE)
        self.wait_for(lambda: len(objects()) > line, "its report", seconds)
        return json.loads(objects()[line])

    def processor_seconds(self) -> float:
        """User and system time of all its threads, those that have ended as well: what
        /proc/PID/stat calls utime + stime, from the clock behind it, which counts nanoseconds."""
        return time.clock_gettime(~self.pid << 3 | 2)  # clock_getcpuclockid(3)

    def memory_kib(self) -> int:
        """Resident, what is shared with others in proportion (Pss)."""
        return _pss_kib(self.pid)

    def peak_memory_kib(self) -> int:
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status)[1])

    def end(self, seconds: float = 10) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(seconds)


class ProgramFamily(Program):
    """One that does its work in child processes."""

    def processor_seconds(self) -> float:
        # Of those alive, and of the children that they have seen end.
        return sum(sum(_stat(pid)[11:15]) for pid in self._all()) / _CLOCK_TICK

    def memory_kib(self) -> int:
        return sum(_pss_kib(pid) for pid in self._all())

    def peak_memory_kib(self) -> int:
        raise BenchError("the peak of a family of processes is not known")

    def end(self, seconds: float = 10) -> None:
        """The children first, so that none is left to nobody."""
        family = {pid: _began(pid) for pid in self._all()[1:]}
        for wish in (signal.SIGTERM, signal.SIGKILL):
            deadline = time.monotonic() + seconds
            for pid in self._alive(family):
                os.kill(pid, wish)
            while self._alive(family) and time.monotonic() < deadline:
                time.sleep(0.02)
        super().end(seconds)

    @staticmethod
    def _alive(family: dict[int, int | None]) -> list[int]:
        return [pid for pid, began in family.items() if began and _began(pid) == began]

    def _all(self) -> list[int]:
        parents: dict[int, list[int]] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                for parent in _stat(int(entry.name))[1:2]:
                    parents.setdefault(parent, []).append(int(entry.name))
        family = [self.pid]
        for pid in family:
            family.extend(parents.get(pid, []))
        return family


def _began(pid: int) -> int | None:
    """In ticks since the machine began; with it a pid means one process for ever. None: ended."""
    fields = _stat(pid)
    return fields[19] if fields and fields[0] != ord("Z") else None


def _stat(pid: int) -> list[int]:
    """The fields of /proc/PID/stat after the name, the state as a character's number."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return []  # It has ended meanwhile.
    state, *numbers = text.rpartition(")")[2].split()
    return [ord(state), *(int(number) for number in numbers)]


def _pss_kib(pid: int) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    found = re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)
    return int(found[1]) if found else 0


def _listens(port: int) -> bool:
    wanted = f":{port:04X}"
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    return any(row[1].endswith(wanted) and row[3] == "0A" for row in rows)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


def run(command: list[str], seconds: float) -> dict[str, Any]:
    """Runs a program to its end, and returns the JSON object that it prints."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=seconds)
    except subprocess.TimeoutExpired:
        raise BenchError(f"{' '.join(command)}: no end within {seconds:.0f} s") from None
    if done.returncode != 0:
        raise BenchError(f"{' '.join(command)}: exit status {done.returncode}\n{done.stderr}")
    return json.loads(done.stdout)


def allow_many_open_files(wanted: int = 65536) -> None:
    """For the clients and whoever serves them; only root may go beyond the hard limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), max(hard, wanted)))
    except (ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
