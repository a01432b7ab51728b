"""What Postfix did, out of its queue files and its log, as the book that abuse_judge reads (see
journal.h): what is in a queue file, whole, was accepted, and nothing else was."""

import base64
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from far_postfix import FarPostfix

Event = dict[str, object]

_FILES_AT_ONCE = 400


def write_book(postfix: FarPostfix, file: Path) -> int:
    """After Postfix has been stopped. Returns how many messages it has accepted."""
    accepted = 0
    with file.open("w") as book:
        for event in _answers(postfix.log_file):
            book.write(json.dumps(event) + "\n")
        for event in _messages(postfix, _came_in_chunks(postfix.log_file)):
            accepted += 1
            book.write(json.dumps(event) + "\n")
    return accepted


# "...: NOQUEUE: reject: RCPT from unknown[10.77.0.1]: 450 4.2.1 <busy@x>: Recipient address
# rejected: come back after tea; from=<a@b> to=<busy@x> proto=ESMTP helo=<relay>"
_RECIPIENT = re.compile(r": (reject|info): RCPT from \S+: (.*); from=<([^>]*)> to=<([^>]*)> proto=")
# "postfix/cleanup[7]: 4XYZ: reject: header X-Fate: refused from unknown[10.77.0.1]; from=<a@b>
# to=<c@d> proto=ESMTP helo=<relay>: 5.7.1 This is not wanted"
_CONTENT = re.compile(r": reject: header .*; from=<([^>]*)> to=<[^>]*> proto=\S+ helo=\S+: (.*)$")


def _answers(log: Path) -> Iterator[Event]:
    """To RCPT, and refusals at the end of the data."""
    for line in log.read_text(errors="replace").splitlines():
        if found := _RECIPIENT.search(line):
            kind, text, sender, recipient = found.groups()
            reply = _reply(*text.split(" ", 1)) if kind == "reject" else _reply("250", "2.1.5 Ok")
            yield {"event": "recipient", "sender": sender, "recipient": recipient, "reply": reply}
        elif found := _CONTENT.search(line):
            yield {"event": "refused", "sender": found[1], "reply": _reply("550", found[2])}


# "postfix/smtpd[128]: 4jZpv70Nxyz1bgLb: hold: BDAT from unknown[10.77.0.1]: <...>"
_CHUNKED = re.compile(r": (\w+): hold: BDAT from ")


def _came_in_chunks(log: Path) -> set[str]:
    """The names of their queue files; the reply to these has other words."""
    return set(_CHUNKED.findall(log.read_text(errors="replace")))


def _messages(postfix: FarPostfix, chunked: set[str]) -> Iterator[Event]:
    # Postfix marks what is complete as executable.
    whole = [str(file) for file in postfix.queue_files() if file.stat().st_mode & 0o100]
    for first in range(0, len(whole), _FILES_AT_ONCE):
        # It insists on the far host's address.
        done = subprocess.run([*postfix.network.enter, "postcat", "-c", str(postfix.configuration),
                               *whole[first:first + _FILES_AT_ONCE]],
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
        if done.returncode != 0:
            raise RuntimeError(f"postcat: {done.stderr.decode(errors='replace')}")
        yield from _records(done.stdout, chunked)


_FILE = re.compile(
    rb"^\*\*\* ENVELOPE RECORDS (\S+) \*\*\*\n(.*?)"
    rb"^\*\*\* MESSAGE CONTENTS \1 \*\*\*\n(.*?)"
    rb"^\*\*\* HEADER EXTRACTED \1 \*\*\*\n(.*?)^\*\*\* MESSAGE FILE END \1 \*\*\*\n",
    re.MULTILINE | re.DOTALL)
# What Postfix itself puts on top: one field, folded.
_RECEIVED = re.compile(rb"Received: [^\n]*\n(?:[ \t][^\n]*\n)*")


def _records(text: bytes, chunked: set[str]) -> Iterator[Event]:
    for found in _FILE.finditer(text):
        name = Path(found[1].decode()).name
        envelope = (found[2] + found[4]).decode(errors="replace")
        fields = re.findall(r"^(named_attribute: sasl_username=|sender: |recipient: )(.*)$",
                            envelope, re.MULTILINE)
        content = found[3][_RECEIVED.match(found[3]).end():].replace(b"\n", b"\r\n")
        size = f" {len(content)} bytes" if name in chunked else ""
        yield {"event": "accepted",
               "sender": next(value for key, value in fields if key.startswith("sender")),
               "recipients": [value for key, value in fields if key.startswith("recipient")],
               "user": next((value for key, value in fields if key.startswith("named")), ""),
               "content": base64.b64encode(content).decode(),
               "reply": _reply("250", f"2.0.0 Ok:{size} queued as {name}")}


def _reply(code: str, text: str) -> Event:
    return {"code": int(code), "lines": [text]}
