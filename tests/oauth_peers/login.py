"""`truerelay login`, and the person who does what it says."""

import re
import subprocess
import urllib.parse

from browser import Browser
from program import NAME, Program
from provider import Provider
from workplace import PeerError

_SECONDS = 60


class Login:
    """One run of the command. What it says is read line by line, as a person reads it."""

    def __init__(self, program: Program, *arguments: str):
        self.text = ""
        self._process = subprocess.Popen(
            ["timeout", str(_SECONDS), *program.command("login", NAME, *arguments)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def read_until(self, pattern: str) -> re.Match[str]:
        assert self._process.stdout is not None
        while not (found := re.search(pattern, self.text)):
            line = self._process.stdout.readline().decode(errors="replace")
            if not line:
                raise PeerError(f"the login ended without {pattern}:\n{self.text}")
            self.text += line
        return found

    def type(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode() + b"\n")
        self._process.stdin.flush()

    def status(self) -> int:
        """Waits for its end, and hears the rest."""
        rest, _ = self._process.communicate(timeout=_SECONDS)
        self.text += rest.decode(errors="replace")
        return self._process.returncode


def with_a_code_on_another_device(program: Program, provider: Provider) -> Login:
    login = Login(program)
    address = login.read_until(rf"{re.escape(provider.issuer)}/device\S*").group()
    code = login.read_until(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b").group()
    query = urllib.parse.urlencode({"user_code": code})
    Browser(provider.trust()).visit(f"{address.partition('?')[0]}?{query}")
    return login


def in_a_browser_here(program: Program, provider: Provider) -> Login:
    """The browser is sent to truerelay itself."""
    login = Login(program)
    Browser(provider.trust()).visit(address(login, provider))
    return login


def in_a_browser_elsewhere(program: Program, provider: Provider) -> Login:
    """The browser shows an error, for nobody listens there; the person pastes its address."""
    login = Login(program)
    page = Browser(provider.trust()).visit(address(login, provider), "http://")
    login.type(page.url)
    return login


def address(login: Login, provider: Provider) -> str:
    return login.read_until(rf"{re.escape(provider.authorization_url)}\?\S+").group()
