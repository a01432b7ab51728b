"""What a client heard: its commands and the reply to each, the same for every client."""

import re
from dataclasses import dataclass, field


END_OF_DATA = "."  # As a command among the others.


@dataclass(frozen=True)
class Reply:
    code: int
    text: str  # Its lines, joined by "\n", without the codes.

    @staticmethod
    def of(code: int, text: bytes | str) -> "Reply":
        if isinstance(text, bytes):
            text = text.decode("utf-8", "replace")
        return Reply(code, text.replace("\r\n", "\n"))

    @property
    def words(self) -> str:
        """On one line, without the enhanced status code: what a person reads."""
        return re.sub(r"^[245]\.\d+\.\d+ ", "", self.text, flags=re.MULTILINE).replace("\n", " ")

    def is_positive(self) -> bool:
        return 200 <= self.code < 300

    def is_refusal(self) -> bool:
        return self.code >= 400

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


@dataclass
class Conversation:
    exchanges: list[tuple[str, Reply]] = field(default_factory=list)
    # Whether the client itself takes the message for sent: what its user believes.
    believes_it_is_sent: bool = False
    transcript: str = ""  # As the client itself prints it, for a person to read.

    def add(self, command: str, code: int, text: bytes | str) -> Reply:
        reply = Reply.of(code, text)
        self.exchanges.append((command, reply))
        return reply

    def reply_to_recipient(self, address: str) -> Reply | None:
        """None where the recipient was never offered, or the reply never came."""
        wanted = f"RCPT TO:<{address}>".upper()
        return next((reply for command, reply in self.exchanges
                     if command.upper().startswith(wanted)), None)

    def final_reply(self) -> Reply | None:
        """The reply to the end of the data."""
        return next((reply for command, reply in self.exchanges if command == END_OF_DATA), None)

    def login_reply(self) -> Reply | None:
        """What became of AUTH, after its challenges."""
        started = False
        for command, reply in self.exchanges:
            started = started or command.upper().startswith("AUTH ")
            if started and reply.code != 334:
                return reply
        return None

    def first_refusal(self) -> Reply | None:
        """The first 4xx or 5xx, the answer to EHLO aside: a client goes on with HELO."""
        return next((reply for command, reply in self.exchanges
                     if reply.is_refusal() and not command.upper().startswith("EHLO")), None)

    def __str__(self) -> str:
        told = "\n".join(f"  {command}\n    {reply}" for command, reply in self.exchanges)
        return f"{told}\n{_shortened(self.transcript)}"


def read_transcript(transcript: bytes, sent: re.Pattern[str], heard: re.Pattern[str],
                    end_of_data: re.Pattern[str]) -> Conversation:
    """Reads the transcript that a client prints. Replies come in the order of the commands, so
    that pipelined commands find theirs; the first reply is the greeting, to a command named "".

    `sent` and `heard` match one line each and give its text as group 1. What is sent after a 354
    is the message, up to the line whose text matches `end_of_data`."""
    conversation = Conversation(transcript=transcript.decode("utf-8", "replace"))
    waiting = [""]
    lines: list[str] = []
    in_data = False
    for line in conversation.transcript.split("\n"):  # Messages hold other line separators.
        line = line.rstrip("\r")
        if match := sent.match(line):
            if not in_data:
                waiting.append(match[1])
            elif end_of_data.match(match[1]):
                waiting.append(END_OF_DATA)
                in_data = False
        elif match := heard.match(line):
            lines.append(match[1])
            if match[1][3:4] == "-":
                continue
            reply = conversation.add(waiting.pop(0) if waiting else "?", int(match[1][:3]),
                                     "\n".join(each[4:] for each in lines))
            lines = []
            in_data = reply.code == 354
    return conversation


def _shortened(text: str) -> str:
    most = 6000
    return text if len(text) <= most else f"{text[:most // 2]}\n[...]\n{text[-most // 2:]}"
