"""A program of this folder that runs on node, with the packages that install.sh brought."""

import json
import shutil
from pathlib import Path

from server import Server
from workplace import PeerError

_HERE = Path(__file__).parent


class Node:
    def __init__(self, program: str, directory: Path, settings: dict):
        if not (_HERE / "node_modules").is_dir() or shutil.which("node") is None:
            raise PeerError("node or its packages are missing: run tests/oauth_peers/install.sh")
        name = program.replace("/", "-")
        self._settings = directory / f"{name}.json"
        self._settings.touch(mode=0o600)
        self._settings.write_text(json.dumps(settings))
        self._command = ["node", str(_HERE / program), str(self._settings)]
        self._output = directory / f"{name}.log"
        self._server: Server | None = None

    def start(self, ports: list[int]) -> None:
        self._server = Server(self._command, self._output)
        self._server.wait_for_ports(ports, seconds=60)

    def stop(self) -> None:
        if self._server is not None:
            self._server.end()
            self._server = None

    def log(self) -> str:
        return self._output.read_text(errors="replace") if self._output.exists() else ""
