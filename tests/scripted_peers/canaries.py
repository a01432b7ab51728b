"""Secrets that are easy to find again, and the search for them: as they stand, and in every form in
which a program might carry or quote them."""

import base64
import hashlib
import re
import urllib.parse
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Canary:
    name: str
    text: str    # What is planted.
    core: bytes  # The part that is searched for; nothing escapes or quotes a letter of it.


def canary(name: str) -> Canary:
    """Around the core stand characters that are escaped in URLs, JSON and log lines, so that the
    forms differ."""
    core = "canary" + hashlib.sha256(name.encode()).hexdigest()[:26]
    return Canary(name, f"%+{core}/=&", core.encode())


def token_canary(name: str) -> Canary:
    """The same for what is made of the characters of a token alone."""
    core = "canary" + hashlib.sha256(name.encode()).hexdigest()[:26]
    return Canary(name, f"{core}.~_", core.encode())


def key_canary(name: str, pem: str) -> Canary:
    """A private key, PEM: an eighth of a line of base64 in the middle of it is enough."""
    lines = pem.strip().splitlines()[1:-1]
    octets = base64.b64decode("".join(lines))
    middle = len(lines) // 2 * 48  # Where a line begins.
    return Canary(name, pem, octets[middle:middle + 36])


def forms(core: bytes) -> dict[str, bytes]:
    """Every form of it, and the text to look for."""
    found = {"as it stands": core, "hexadecimal": core.hex().encode(),
             "hexadecimal, capitals": core.hex().upper().encode(),
             "percent-encoded": urllib.parse.quote_from_bytes(core, safe="").encode(),
             "percent-encoded throughout": b"".join(b"%%%02X" % each for each in core),
             "percent-encoded throughout, small": b"".join(b"%%%02x" % each for each in core)}
    for shift in range(3):
        # What stands before and behind it is not known: those digits are left out.
        encoded = base64.b64encode(bytes(shift) + core)
        digits = encoded[(0, 2, 3)[shift]:(shift + len(core)) // 3 * 4]
        found[f"base64, shifted by {shift}"] = digits
        found[f"base64url, shifted by {shift}"] = digits.translate(bytes.maketrans(b"+/", b"-_"))
    return found


class Search:
    def __init__(self, canaries: Iterable[Canary]):
        self._wanted = {text: f"{each.name}, {form}" for each in canaries
                        for form, text in forms(each.core).items()}
        self._pattern = re.compile(b"|".join(map(re.escape, self._wanted)))

    def in_text(self, text: bytes, where: str) -> list[str]:
        """What was found, a line each: whose it is, in which form, and what stands around it."""
        return sorted({f"{self._wanted[match[0]]}, in {where}: "
                       f"{text[max(0, match.start() - 60):match.end() + 20]!r}"
                       for match in self._pattern.finditer(text)})
