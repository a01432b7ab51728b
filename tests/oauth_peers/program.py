"""truerelay as its administrator has it: a configuration, a vault with secrets, a login now and
then.

One upstream, behind one listener: what has happened to one test's tokens must not matter to the
next one's."""

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

from server import Server
from workplace import LOOPBACK, PeerError, free_port, listens, make_directory, remove_directory

Settings = dict[str, "str | int | bool | list[str] | Settings"]

NAME = "upstream"


class Program:
    def __init__(self, settings: Settings):
        self.binary = os.environ.get("TRUERELAY", "")
        if not shutil.which(self.binary):
            raise PeerError(f"TRUERELAY={self.binary!r} does not name the program under test")
        self.directory = make_directory()
        self.port = free_port()
        self._server: Server | None = None
        self._said_before = 0
        self._output = self.directory / "output.log"
        self._configuration = self.directory / "truerelay.toml"
        self._configuration.write_text(
            f'[[listener]]\nname = "erp"\naddress = ["{LOOPBACK}:{self.port}"]\n'
            f'upstream = "{NAME}"\n\n[log]\nlevel = "debug"\n')
        (self.directory / "upstreams").mkdir()
        (self.directory / "upstreams" / f"{NAME}.toml").write_text(_toml(settings))
        self.run("secret", "init")

    # What the administrator types.

    def command(self, *arguments: str) -> list[str]:
        return [self.binary, *arguments, "--config", str(self._configuration)]

    def run(self, *arguments: str, given: str = "", status: int = 0) -> str:
        """A command that ends by itself; what it says."""
        done = subprocess.run(self.command(*arguments), input=given.encode(), timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        text = done.stdout.decode(errors="replace")
        if done.returncode != status:
            raise PeerError(f"truerelay {' '.join(arguments)}: status {done.returncode}\n{text}")
        return text

    def set_secret(self, name: str, value: str) -> None:
        self.run("secret", "set", name, given=value)

    # The service.

    def start(self) -> None:
        self.start_without_waiting()
        assert self._server is not None
        self._server.wait_for_ports([self.port])

    def start_without_waiting(self) -> None:
        self._said_before = len(self.log())
        self._server = Server(self.command("run"), self._output)

    def listens(self) -> bool:
        return listens(self.port)

    def running(self) -> bool:
        return self._server is not None and self._server.running()

    def kill(self) -> None:
        """As when the power fails."""
        if self._server is not None:
            self._server.process.kill()
            self._server.process.wait(10)

    def end(self) -> None:
        """As a service manager ends it; it must have nothing on its conscience."""
        if self._server is None:
            return
        ended_before = not self._server.running()
        status = self._server.end(seconds=45)  # Its drain_timeout is 30 s.
        self._server = None
        text = self.log()[self._said_before:]
        if status == -signal.SIGTERM and not text:
            return  # It had not begun yet.
        if status != 0 or ended_before or re.search(r"ERROR: \w+Sanitizer|runtime error:", text):
            raise PeerError(f"truerelay ended {'too early ' if ended_before else ''}with status "
                            f"{status}:\n{text[-8000:]}")

    def log(self) -> str:
        return self._output.read_text(errors="replace") if self._output.exists() else ""

    def close(self) -> None:
        if self._server is not None:
            self._server.end(seconds=5)
        remove_directory(self.directory)


def _toml(settings: Settings) -> str:
    """Tables last: what follows a table's header belongs to the table."""
    plain = [f"{key} = {_value(value)}\n" for key, value in settings.items()
             if not isinstance(value, dict)]
    tables = [f"\n[{key}]\n{_toml(value)}" for key, value in settings.items()
              if isinstance(value, dict)]
    return "".join([*plain, *tables])


def _value(value: "str | int | bool | list[str]") -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(_value(each) for each in value) + "]"
    return str(value) if isinstance(value, int) else f'"{value}"'
