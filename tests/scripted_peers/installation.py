"""truerelay as its administrator has it, with many upstreams, each behind a listener of its own;
and all that it has written or said to anybody."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from clients import Login, Smtplib
from conversation import Conversation
from workplace import LOOPBACK, PeerError, free_port, wait_until

NOBODY = 65534
_SENDER = "erp@example.test"

Value = "str | int | bool | list[str]"


class Installation:
    """Everything runs as a user without rights, where the tests are root's: what the program does
    not need it does not have."""

    def __init__(self, log_format: str = "text", level: str = "debug"):
        self.folder = Path(tempfile.mkdtemp(prefix="truerelay-scripted-"))
        self.folder.chmod(0o700)
        (self.folder / "upstreams").mkdir()
        self.binary = self._copy_of_the_program()
        self.said: list[tuple[str, bytes]] = []  # Where, and what.
        self.secret_files: set[str] = {"truerelay", "truerelay.vault", "truerelay.key"}
        self.ports: dict[str, int] = {}
        self.process: subprocess.Popen[bytes] | None = None
        self._main = f'[log]\nfile = "truerelay.log"\nformat = "{log_format}"\nlevel = "{level}"\n'
        self._vault = ""
        self._written = ""

    def _copy_of_the_program(self) -> str:
        """Where that user can reach it."""
        original = shutil.which(os.environ.get("TRUERELAY", ""))
        if original is None:
            raise PeerError("TRUERELAY does not name the program under test")
        return shutil.copy(original, self.folder / "truerelay")

    # What the administrator writes.

    def vault(self, **settings: str) -> None:
        self._vault = "[vault]\n" + _toml(settings)

    def secret_file(self, name: str, text: str) -> str:
        """Readable by its owner only; it is not searched for what it holds."""
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o600)
        self.secret_files.add(name)
        return name

    def upstream(self, name: str, settings: "dict[str, Value]",
                 oauth: "dict[str, Value] | None" = None, **listener: "Value") -> None:
        table = "" if oauth is None else "\n[oauth]\n" + _toml(oauth)
        (self.folder / "upstreams" / f"{name}.toml").write_text(_toml(settings) + table)
        self.ports[name] = free_port()
        self._main += "\n[[listener]]\n" + _toml({
            "name": name, "address": [f"{LOOPBACK}:{self.ports[name]}"], "upstream": name,
            **listener})

    # What the administrator types.

    def run(self, *arguments: str, given: bytes = b"", status: int | None = 0,
            config: bool = True) -> str:
        """A command that ends by itself; what it says."""
        process = self.start_command(*arguments, config=config)
        try:
            said, _ = process.communicate(given, timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        return self.ended(process, said, " ".join(arguments), status)

    def start_command(self, *arguments: str, config: bool = True) -> "subprocess.Popen[bytes]":
        self.write()
        return subprocess.Popen(self.command(*arguments, config=config), cwd=self.folder,
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, start_new_session=True)

    def ended(self, process: "subprocess.Popen[bytes]", said: bytes, what: str,
              status: int | None) -> str:
        self.said.append((f"the output of truerelay {what}", said))
        text = said.decode(errors="replace")
        if status is not None and process.returncode != status:
            raise PeerError(f"truerelay {what}: status {process.returncode}\n{text}")
        return text

    def set_secret(self, name: str, value: str, *arguments: str) -> None:
        self.run("secret", "set", name, *arguments, given=value.encode())

    def write(self) -> None:
        """The main file, where it has changed: commands that read it may run meanwhile."""
        text = self._vault + self._main
        if text == self._written:
            return
        self._written = text
        (self.folder / "truerelay.toml").write_text(text)
        if os.geteuid() == 0:
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, NOBODY, NOBODY)

    def command(self, *arguments: str, config: bool = True) -> list[str]:
        user = ([f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
                if os.geteuid() == 0 else [])
        return ["setpriv", *user, "--pdeathsig", "KILL", "--", self.binary, *arguments,
                *(("--config", str(self.folder / "truerelay.toml")) if config else ())]

    # The service.

    def start(self, **limits: int) -> None:
        self.write()
        with (self.folder / "output.log").open("ab") as output:
            limited = ["prlimit", *(f"--{name}={most}" for name, most in limits.items()), "--"]
            self.process = subprocess.Popen([*limited, *self.command("run")], cwd=self.folder,
                                            stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                            start_new_session=True)
        last = list(self.ports.values())[-1]
        wait_until(lambda: self.process.poll() is not None or _listens(last), "it listens", 60)
        if self.process.poll() is not None:
            raise PeerError(f"truerelay ended early:\n{self.written()}")

    def stop(self, seconds: float = 60) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(seconds)
        self.process = None
        if status != 0:
            raise PeerError(f"truerelay ended with status {status}:\n{self.written()}")

    def send(self, name: str, login: Login | None = None) -> Conversation:
        heard = Smtplib().send(self.ports[name], ["a@example.net"], b"Subject: x\r\n\r\nx\r\n",
                               login)
        self.said.append((f"what the client of {name} heard", str(heard).encode()))
        return heard

    # What came of it.

    def log(self) -> str:
        path = self.folder / "truerelay.log"
        return path.read_text() if path.exists() else ""

    def written(self) -> str:
        output = self.folder / "output.log"
        return self.log() + (output.read_text() if output.exists() else "")

    def everything(self) -> list[tuple[str, bytes]]:
        """All that was said, and every file but those that are there to hold a secret."""
        files = [(str(path.relative_to(self.folder)), path.read_bytes())
                 for path in self.folder.rglob("*")
                 if path.is_file() and str(path.relative_to(self.folder)) not in self.secret_files]
        return self.said + files

    def close(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)


def _toml(settings: "dict[str, Value]") -> str:
    """JSON's strings, numbers and lists are TOML's, too."""
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items())


def _listens(port: int) -> bool:
    """Without a greeting: that would be a session."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/net/tcp").read_text().splitlines():
            if f":{port:04X} 00000000:0000 0A" in line:
                return True
    return False
