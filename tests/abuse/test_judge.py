"""A check that cannot fail is no check: books that agree, and then each of them forged in one
place, which abuse_judge must find and name."""

import base64
import copy
import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

Lines = list[dict[str, object]]

_SENDER, _TAKEN, _UNKNOWN = "sender@c1-0.example", "taken@r0.example", "unknown@r1.example"
_CONTENT = b"Subject: c1-0\r\n\r\nhello\r\n"
_ACCEPTANCE = {"code": 250, "lines": ["2.0.0 Ok: queued as 4XYZ"]}
_OK = {"code": 250, "lines": ["2.1.5 Ok"]}
_NOBODY = {"code": 550, "lines": ["5.1.1 Nobody of this name lives here"]}
_NOTED = {"code": 250, "lines": ["2.1.0 Sender noted; the upstream's answer comes with the first "
                                "recipient"]}
_IN_DOUBT = {"code": 451, "lines": ["4.4.2 Outcome unknown: upstream starttls got it all"]}


def _told(**otherwise: object) -> dict[str, object]:
    return {"sender": _NOTED, "final": _ACCEPTANCE,
            "recipients": {_TAKEN: _OK, _UNKNOWN: _NOBODY}, "concluded": True,
            "sent_last_byte": True, "left_on_purpose": False, "own_link_broke": False,
            "silence": False, "gone_at": 10.0, "may_have_heard": False} | otherwise


class Books:
    """Of one letter that went well, to one recipient that was taken and one that was refused."""

    def __init__(self) -> None:
        letter = {"sender": _SENDER, "recipients": [_TAKEN, _UNKNOWN], "copies": 1,
                  "content": base64.b64encode(_CONTENT).decode()}
        self.heard: Lines = [{"letter": letter, "told": [_told()]}]
        self.accepted: dict[str, object] = {
            "event": "accepted", "sender": _SENDER, "user": "erp", "recipients": [_TAKEN],
            "content": base64.b64encode(_CONTENT).decode(), "reply": _ACCEPTANCE}
        self.upstream: Lines = [
            {"event": "recipient", "sender": _SENDER, "recipient": _TAKEN, "reply": _OK},
            {"event": "recipient", "sender": _SENDER, "recipient": _UNKNOWN, "reply": _NOBODY},
            self.accepted]
        self.record: dict[str, object] = {
            "time": "2026-11-26T08:00:10.000Z", "event": "message", "from": _SENDER,
            "outcome": "accepted", "reply": "250 2.0.0 Ok: queued as 4XYZ", "client_heard": True,
            "upstream": "starttls", "to": [
                {"address": _TAKEN, "reply": "250 2.1.5 Ok"},
                {"address": _UNKNOWN, "reply": "550 5.1.1 Nobody of this name lives here"}]}
        self.log: Lines = [self.record]
        self.deeds: Lines = [{"event": "clock", "wall_ahead": 1.0e9},
                             {"event": "relay", "began": 1.0, "stepped": False}]

    def told(self) -> dict[str, object]:
        return self.heard[0]["told"][0]

    def another_that_went_well(self) -> None:
        """So that something is true in books where the first letter is not told to be accepted."""
        other = Books()
        for name in ("heard", "upstream", "log"):
            text = json.dumps(getattr(other, name)).replace("c1-0", "c2-0").replace("4XYZ", "5XYZ")
            getattr(self, name).extend(json.loads(text))
        content = base64.b64encode(_CONTENT.replace(b"c1-0", b"c2-0")).decode()
        self.heard[-1]["letter"]["content"] = self.upstream[-1]["content"] = content


class TheJudge(unittest.TestCase):
    def judge(self, books: Books, torn_line: str = "") -> subprocess.CompletedProcess[str]:
        with tempfile.TemporaryDirectory() as folder:
            command = [str(Path(os.environ["ABUSE_PROGRAMS"]) / "abuse_judge")]
            for name in ("heard", "upstream", "log", "deeds"):
                file = Path(folder) / name
                file.write_text("".join(json.dumps(line) + "\n" for line in getattr(books, name)) +
                                (torn_line if name == "log" else ""))
                command += [f"--{name}", str(file)]
            return subprocess.run(command, capture_output=True, text=True, timeout=60)

    def assert_true(self, books: Books, **how: str) -> None:
        done = self.judge(books, **how)
        self.assertEqual(done.returncode, 0, done.stdout)

    def assert_found(self, books: Books, words: str) -> None:
        done = self.judge(books)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertRegex(done.stdout, f"WRONG .*{words}")

    def test_books_that_agree_are_true(self) -> None:
        self.assert_true(Books())

    def test_an_acceptance_that_nobody_gave_is_a_lie(self) -> None:
        books = Books()
        books.upstream.remove(books.accepted)
        self.assert_found(books, "no upstream accepted it")

    def test_a_refusal_of_what_was_accepted_is_a_lie(self) -> None:
        books = Books()
        books.another_that_went_well()
        books.told()["final"] = {"code": 451, "lines": ["4.4.2 Nothing was sent, try again"]}
        self.assert_found(books, "a duplicate, or one that was refused")

    def test_an_acceptance_in_other_words_is_a_lie(self) -> None:
        books = Books()
        books.told()["final"] = {"code": 250, "lines": ["2.0.0 Ok: queued as 4ZZZ"]}
        self.assert_found(books, "in these words")

    def test_a_sender_told_accepted_by_nobody_is_a_lie(self) -> None:
        books = Books()
        books.told()["sender"] = {"code": 250, "lines": ["2.1.0 Ok"]}
        self.assert_found(books, "the sender was told 250 2.1.0 Ok, which no upstream said")

    def test_a_recipient_told_accepted_that_was_refused_is_a_lie(self) -> None:
        books = Books()
        books.told()["recipients"][_UNKNOWN] = _OK
        self.assert_found(books, "recipient unknown@r1.example was told 250 .*no upstream said")

    def test_a_message_for_other_recipients_than_were_told_is_a_lie(self) -> None:
        books = Books()
        books.accepted["recipients"] = [_TAKEN, "taken@elsewhere.example"]
        self.assert_found(books, "for other recipients than it was told")

    def test_a_message_that_nobody_sent_is_found(self) -> None:
        books = Books()
        stray = copy.deepcopy(books.accepted)
        stray["sender"] = "stranger@example.com"
        books.upstream.append(stray)
        self.assert_found(books, "no client sent it")

    def test_a_message_that_was_not_sent_whole_is_found(self) -> None:
        books = Books()
        books.another_that_went_well()
        books.told().update(final=None, sent_last_byte=False, left_on_purpose=True)
        self.assert_found(books, "which the client did not send whole")

    def test_a_client_that_waited_and_heard_nothing_was_left_in_silence(self) -> None:
        books = Books()
        books.another_that_went_well()
        books.told().update(final=None, silence=True)
        self.assert_found(books, "the client waited and heard nothing")

    def test_a_connection_that_ended_without_a_word_was_silence_too(self) -> None:
        books = Books()
        books.another_that_went_well()
        books.told().update(final=None, own_link_broke=True)
        self.assert_found(books, "the client had no final reply")

    def test_a_second_copy_is_a_duplicate(self) -> None:
        books = Books()
        books.upstream.append(copy.deepcopy(books.accepted))
        books.log.append(copy.deepcopy(books.record))
        self.assert_found(books, "accepted 2 times: a duplicate")

    def test_a_second_copy_for_a_client_that_came_again_is_a_duplicate(self) -> None:
        books = self._client_that_came_again()
        self.assert_found(books, "accepted 2 times: a duplicate")

    def test_another_process_of_the_relay_cannot_know_what_the_first_one_did(self) -> None:
        books = self._client_that_came_again()
        books.deeds.append({"event": "relay", "began": 15.0, "stepped": False})
        self.assert_true(books)

    def _client_that_came_again(self) -> Books:
        books = Books()
        books.record["time"] = "2001-09-09T02:00:00.000Z"  # Long after the client had left.
        again = _told(gone_at=20.0)
        books.told().update(final=None, left_on_purpose=True, concluded=False)
        books.heard[0]["told"].append(again)
        books.upstream.append(copy.deepcopy(books.accepted))
        books.log.append(copy.deepcopy(books.record))
        return books

    def test_an_altered_body_is_found(self) -> None:
        books = Books()
        books.accepted["content"] = base64.b64encode(_CONTENT + b".\r\n").decode()
        self.assert_found(books, "its content was altered")

    def test_a_doubt_that_is_recorded_as_sent_is_found(self) -> None:
        books = Books()
        books.another_that_went_well()
        books.told()["final"] = _IN_DOUBT
        self.assert_found(books, "told in doubt, and recorded otherwise")

    def test_a_doubt_that_is_recorded_as_such_is_true_whatever_came_of_it(self) -> None:
        for accepted in (True, False):
            with self.subTest(accepted=accepted):
                books = Books()
                books.another_that_went_well()
                books.told()["final"] = _IN_DOUBT
                books.record.update(outcome="in_doubt", reply=f"451 {_IN_DOUBT['lines'][0]}")
                if not accepted:
                    books.upstream.remove(books.accepted)
                self.assert_true(books)

    def test_a_doubt_before_the_last_byte_is_none(self) -> None:
        books = Books()
        books.another_that_went_well()
        books.told().update(final=_IN_DOUBT, sent_last_byte=False)
        books.record["outcome"] = "in_doubt"
        books.upstream.remove(books.accepted)
        self.assert_found(books, "in doubt before its last byte was sent")

    def test_an_acceptance_that_is_recorded_as_refused_is_found(self) -> None:
        books = Books()
        books.record["outcome"] = "refused"
        self.assert_found(books, "recorded otherwise")

    def test_a_message_that_is_not_in_the_log_is_found(self) -> None:
        books = Books()
        books.log.clear()
        self.assert_found(books, "1 messages are not in the log")

    def test_a_log_line_may_be_missing_where_the_log_says_so(self) -> None:
        books = Books()
        books.log[:] = [{"event": "note", "text": "1 log line was lost"}]
        self.assert_true(books)

    def test_a_torn_line_is_a_lost_one(self) -> None:
        books = Books()
        books.log.clear()
        self.assert_true(books, torn_line='{"time":"2026-11-26T08:0\n')

    def test_where_nothing_was_accepted_nothing_is_proven(self) -> None:
        books = Books()
        books.heard.clear()
        books.upstream.clear()
        self.assertEqual(self.judge(books).returncode, 1)


if __name__ == "__main__":
    unittest.main()
