"""The messages that the tests send. Line ends are CRLF, as on the wire; no message begins with a
trace field, so that what an upstream puts on top can be told apart."""

import base64
import functools
import random

SENDER = "erp@sender.test"


def _header(subject: str, extra: bytes = b"") -> bytes:
    # Complete, so that no server has a reason to add a field.
    return (b"From: ERP <erp@sender.test>\r\n"
            b"To: Customers <customers@example.test>\r\n"
            b"Date: Mon, 05 Jan 2026 10:00:00 +0100\r\n"
            b"Message-ID: <" + f"{random.getrandbits(64):016x}".encode() + b"@sender.test>\r\n"
            b"Subject: " + subject.encode() + b"\r\n"
            b"MIME-Version: 1.0\r\n"
            b"Content-Type: text/plain; charset=utf-8\r\n"
            b"Content-Transfer-Encoding: 8bit\r\n" + extra + b"\r\n")


def simple() -> bytes:
    return _header("Invoice 4711") + b"Dear customer,\r\n\r\nplease find nothing attached.\r\n"


def awkward() -> bytes:
    """Everything that a careless relay damages."""
    lines = [
        b"The next lines are one dot, two dots, and dots before text.",
        b".",
        b"..",
        b"...",
        b".hidden",
        b". MAIL FROM:<nobody@sender.test>",
        b"QUIT",
        b"From the start of a line",
        b"",
        b"  leading and trailing space  ",
        b"\tleading and trailing tab\t",
        b"the longest line of RFC 5321: " + b"x" * (998 - 30),
        b"." + b"y" * 997,
        "8 bits: Grüße, žluťoučký kůň, 請求書".encode(),
        b"octets that are no UTF-8: " + bytes(range(0x80, 0x100)),
        b"control characters: " + bytes(c for c in range(1, 0x20) if c not in b"\r\n") + b"\x7f",
        b"=3D is not ours to decode, nor is %41",
        b"",
        b".",
        b"",
        b"",
    ]
    return _header("Awkward") + b"\r\n".join(lines) + b"\r\n"


@functools.cache
def large(octets: int = 20 * 1024 * 1024) -> bytes:
    """A message of exactly `octets`, as an attachment in base64 looks, with some dots."""
    generator = random.Random(4711)
    header = _header("Large")
    room = octets - len(header)
    body = bytearray()
    while len(body) < room:
        text = base64.b64encode(generator.randbytes(57 * 1000))
        for start in range(0, len(text), 76):
            if start % 7600 == 0:
                body += b"."
            body += text[start:start + 76] + b"\r\n"
    # Cut to size, ending in a full line of its own.
    ending = b"\r\nend\r\n"
    cut = room - len(ending)
    while body[cut - 1] in b"\r\n":
        body[cut - 1:cut] = b"A"
    return header + bytes(body[:cut]) + ending


def looping() -> bytes:
    """A message that mail servers refuse after its final dot: it has passed a hundred already."""
    hop = b"X-Hop: 1\r\n"
    received = b"Received: from a.test by b.test; Mon, 05 Jan 2026 10:00:00 +0100\r\n"
    return _header("Looping", hop + received * 101) + b"Round and round.\r\n"


def dot_stuffed(message: bytes) -> bytes:
    """RFC 5321 section 4.5.2; without the dot at the end."""
    stuffed = message.replace(b"\r\n.", b"\r\n..")
    return b"." + stuffed if stuffed.startswith(b".") else stuffed


def difference(expected: bytes, actual: bytes) -> str:
    """Where two messages differ, in a few lines even where they are large; empty: nowhere."""
    if expected == actual:
        return ""
    at = next((i for i, (a, b) in enumerate(zip(expected, actual)) if a != b),
              min(len(expected), len(actual)))
    near = slice(max(0, at - 40), at + 40)
    return (f"{len(expected)} octets expected, {len(actual)} arrived; they differ from offset "
            f"{at}:\n  expected {expected[near]!r}\n  arrived  {actual[near]!r}")
