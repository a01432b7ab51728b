"""truerelay itself, started as a person starts it: a main file, and one file for each upstream."""

import os
import re
import shutil
from pathlib import Path

from server import Server
from workplace import LOOPBACK, PeerError, free_port, make_directory, remove_directory

Settings = dict[str, str | int | bool]


class Relay:
    """One process with one listener for each upstream, both of the same name."""

    def __init__(self, upstreams: dict[str, Settings]):
        binary = os.environ.get("TRUERELAY", "")
        if not shutil.which(binary):
            raise PeerError(f"TRUERELAY={binary!r} does not name the program under test")
        self.directory = make_directory()
        self.ports = {name: free_port() for name in upstreams}
        configuration = self.directory / "truerelay.toml"
        self._server: Server | None = None
        try:
            configuration.write_text("\n".join(
                f'[[listener]]\nname = "{name}"\naddress = ["{LOOPBACK}:{port}"]\n'
                f'upstream = "{name}"\n' for name, port in self.ports.items()))
            (self.directory / "upstreams").mkdir()
            for name, settings in upstreams.items():
                (self.directory / "upstreams" / f"{name}.toml").write_text("".join(
                    f"{key} = {_toml(value)}\n" for key, value in settings.items()))
            self._server = Server([binary, "run", "--config", str(configuration)],
                                  self.directory / "output.log")
            self._server.wait_for_ports(list(self.ports.values()))
        except BaseException:
            self.close()
            raise

    def running(self) -> bool:
        return self._server is not None and self._server.running()

    def log(self) -> str:
        """The end of what it wrote to standard error."""
        return "" if self._server is None else self._server.text()[-8000:]

    def end(self) -> None:
        """Asks it to end, as a service manager does, and expects it to have nothing on its
        conscience: status 0 and no report of a sanitizer."""
        if self._server is None:
            return
        ended_before = not self._server.running()
        status = self._server.end(seconds=45)  # Its drain_timeout is 30 s.
        text = self._server.text()
        if status != 0 or ended_before or re.search(r"ERROR: \w+Sanitizer|runtime error:", text):
            raise PeerError(f"truerelay ended {'too early ' if ended_before else ''}with status "
                            f"{status}:\n{self.log()}")

    def close(self) -> None:
        if self._server is not None:
            self._server.end(seconds=5)
        remove_directory(self.directory)


def write_secret(file: Path, secret: str) -> Path:
    """A password_file, as truerelay insists on it: nobody else may read it."""
    file.touch(mode=0o600)
    file.write_text(secret + "\n")
    return file


def _toml(value: str | int | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else f'"{value}"'
