"""The relay that is abused: one configuration, and one process after the other."""

import glob
import json
import os
import resource
import signal
import time
from pathlib import Path

from far_network import FAR
from far_postfix import IMPLICIT_PORT, STARTTLS_PORT, FarPostfix
from server import Server
from upstream import PASSWORD, USER
from workplace import LOOPBACK, PeerError, free_port

# It says 421 or "outcome unknown" to what is left after drain_timeout, and then ends.
_LONGEST_STOP = 20

_MAIN = """
drain_timeout = "3s"
[[listener]]
name = "starttls"
address = ["{loopback}:{starttls}"]
upstream = "starttls"
[[listener]]
name = "implicit"
address = ["{loopback}:{implicit}"]
upstream = "implicit"
[log]
file = "{disk}/truerelay.log"
format = "json"
max_size = "1GiB"
"""

# Short waits, so that much happens; and little memory for messages, so that they go to files.
_UPSTREAM = """
host = "{far}"
port = {port}
tls = "{tls}"
ca_file = "{ca_file}"
user = "{user}"
password_file = "upstream.password"
chunking = "{chunking}"
max_connections = 20
max_messages_per_connection = 100
replay_buffer = "2KiB"
replay_file = true
idle_close = "5s"
patience = "6s"
connect_timeout = "3s"
reply_timeout = "4s"
data_timeout = "4s"
final_reply_timeout = "5s"
"""


class AbusedRelay:
    def __init__(self, binary: str, directory: Path, disk: Path, postfix: FarPostfix, book: Path):
        """`disk`: where its log and its temporary files go; `book`: where its processes are written
        down for abuse_judge."""
        self.log_file = disk / "truerelay.log"
        self.ports = {"starttls": free_port(), "implicit": free_port()}
        self._disk = disk
        self._binary = binary
        self._directory = directory
        self._book = book.open("w")
        self._write_down(event="clock", wall_ahead=time.time() - time.monotonic())
        self._configuration = directory / "truerelay.toml"
        self._configuration.write_text(_MAIN.format(loopback=LOOPBACK, disk=disk, **self.ports))
        (directory / "upstreams").mkdir()
        password = directory / "upstreams" / "upstream.password"
        password.touch(mode=0o600)
        password.write_text(PASSWORD)
        for tls, port, chunking in (("starttls", STARTTLS_PORT, "auto"),
                                    ("implicit", IMPLICIT_PORT, "off")):
            (directory / "upstreams" / f"{tls}.toml").write_text(_UPSTREAM.format(
                far=FAR, port=port, tls=tls, ca_file=postfix.authority.file, user=USER,
                chunking=chunking))
        self._faked = directory / "faked-time"
        self._server: Server | None = None
        self.started = 0

    @property
    def pid(self) -> int:
        return self._server.process.pid

    def running(self) -> bool:
        return self._server is not None and self._server.running()

    def start(self, stepping: bool = False) -> None:
        """`stepping`: with a wall clock that step_clock() steps. (A time namespace has none.)"""
        self.started += 1
        environment = [f"TMPDIR={self._disk}"]
        if stepping:
            self.step_clock(0)
            [library] = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
            environment += [f"LD_PRELOAD={library}", f"FAKETIME_TIMESTAMP_FILE={self._faked}",
                            "FAKETIME_CACHE_DURATION=1", "FAKETIME_DONT_FAKE_MONOTONIC=1",
                            "NO_FAKE_STAT=1"]
        self._write_down(event="relay", began=time.monotonic(), stepped=stepping)
        self._server = Server(["env", *environment, self._binary, "run", "--config",
                               str(self._configuration)],
                              self._directory / f"truerelay-{self.started}.output")
        self._server.wait_for_ports(list(self.ports.values()))

    def stop(self) -> None:
        """With SIGTERM, as a service manager does."""
        status = self._server.end(_LONGEST_STOP)
        if status != 0:
            raise PeerError(f"truerelay was to stop and ended with status {status}:\n"
                            f"{self._server.text()[-4000:]}")
        # Whoever was still connected knows now, before there is another process.
        time.sleep(0.1)

    def hang_up(self) -> None:
        os.kill(self.pid, signal.SIGHUP)

    def step_clock(self, seconds: int) -> None:
        """So far from the right time, until it is called again."""
        new = self._faked.with_suffix(".new")
        new.write_text(f"{seconds:+d}\n")
        new.rename(self._faked)

    def allow_open_files(self, more: int | None) -> None:
        """So many more than there are now; None: as many as at the start."""
        _, hard = resource.prlimit(self.pid, resource.RLIMIT_NOFILE)
        soft = hard if more is None else min(hard, self.open_files() + more)
        resource.prlimit(self.pid, resource.RLIMIT_NOFILE, (soft, hard))

    def open_files(self) -> int:
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def close(self) -> None:
        if self._server is not None:
            self._server.end(_LONGEST_STOP)
        self._book.close()

    def _write_down(self, **event: object) -> None:
        self._book.write(json.dumps(event) + "\n")
        self._book.flush()
