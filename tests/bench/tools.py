"""The benchmark's own programs: the upstream, the wide area, the clients, the floor."""

import json
import signal
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from processes import LOOPBACK, BenchError, Program, run

USER, PASSWORD = "erp@bench.invalid", "benchmark"
# No program of a run outlives it by more than this.
LONGEST_RUN = 1800


@dataclass(frozen=True)
class Login:
    """Of a client that must log in itself."""
    user: str = USER
    password: str = PASSWORD


@dataclass
class Tools:
    programs: Path   # Where they were built.
    directory: Path  # For what they write.
    started: list[Program] = field(default_factory=list)

    def start(self, name: str, *arguments: str, family: type[Program] = Program) -> Program:
        output = self.directory / f"{len(self.started)}-{name}.out"
        program = family([str(self.programs / name), "--limit", str(LONGEST_RUN), *arguments],
                         output)
        self.started.append(program)
        return program

    def load(self, port: int, *, clients: int = 1, messages: int = 1, per_connection: int = 1,
             octets: int = 1024, recipients: int = 1, login: Login | None = None,
             each: bool = False, seconds: int = 180) -> dict[str, Any]:
        """Sends messages, each of which must be accepted."""
        command = [str(self.programs / "bench_load"), "--port", str(port), "--clients",
                   str(clients), "--messages", str(messages), "--per-connection",
                   str(per_connection), "--octets", str(octets), "--recipients", str(recipients),
                   "--limit", str(seconds)]
        if login:
            command += ["--user", login.user, "--password", login.password]
        result = run(command + (["--each"] if each else []), seconds + 5)
        if result["accepted"] != messages:
            raise BenchError(f"of {messages} messages {result['accepted']} were accepted; instead "
                             f"of the others' 250: {result['others']}")
        return result

    def hold(self, port: int, clients: int, login: Login | None = None) -> "Holding":
        account = ["--user", login.user, "--password", login.password] if login else []
        return Holding(self.start("bench_load", "--hold", "--port", str(port), "--clients",
                                  str(clients), *account))

    def floor(self, messages: int, mib: int) -> dict[str, float]:
        return run([str(self.programs / "bench_floor"), "--messages", str(messages), "--mib",
                    str(mib), "--limit", "60"], 65)

    def end(self) -> None:
        for program in reversed(self.started):
            program.end()


class Holding:
    """Clients that are connected and idle."""

    def __init__(self, program: Program):
        self._program = program
        self.held: int = program.wait_for_json(120)["held"]

    def finish(self) -> dict[str, Any]:
        """Asks each for a sign of life."""
        self._program.process.send_signal(signal.SIGTERM)
        return self._program.wait_for_json(60, line=1)


class Upstream:
    def __init__(self, tools: Tools, chunking: bool = True):
        self._program = tools.start("bench_upstream", "--user", USER, "--password", PASSWORD,
                                    "--certificates", str(tools.directory / "certificates"),
                                    *([] if chunking else ["--no-chunking"]))
        ports = self._program.wait_for_json()
        self.plain: int = ports["plain"]
        self.starttls: int = ports["starttls"]
        self.implicit: int = ports["implicit"]
        self.ca_file: str = ports["ca_file"]

    def counts(self) -> dict[str, int]:
        """What it accepted since its start."""
        with socket.create_connection((LOOPBACK, self.plain), timeout=30) as connection:
            with connection.makefile("rw", newline="\r\n") as lines:
                lines.readline()
                lines.write("XCOUNT\r\n")
                lines.flush()
                return json.loads(lines.readline().removeprefix("250 "))


def wide_area(tools: Tools, port: int, round_trip: float, octets_per_second: int = 0) -> int:
    """The port of a forwarder to `port` that is so many seconds away."""
    program = tools.start("bench_forwarder", "--to", str(port), "--delay-us",
                          str(round(round_trip * 500_000)), "--octets-per-second",
                          str(octets_per_second))
    return program.wait_for_json()["port"]
