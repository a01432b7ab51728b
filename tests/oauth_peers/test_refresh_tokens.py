"""The refresh token is a person's login: each use replaces it, a provider that sees a used one
ends the login, and nobody is there to log in again. So the newest one is never lost and no other
ever sent."""

import concurrent.futures
import contextlib
import os
import random
import smtplib
import time
import unittest

import login
import messages
from bed import Bed
from clients import Smtplib
from mailboxes import DOMAIN
from program import Program
from scenario import ProgramTest

ROTATIONS = int(os.environ.get("TRUERELAY_ROTATIONS", "500"))
RESTARTS = 25

bed = Bed()
setUpModule = bed.open
tearDownModule = bed.close


class ARefreshToken(ProgramTest):
    bed = bed

    def setUp(self) -> None:
        self.door = bed.doors["gmail"]
        self.program = self.for_a_person(self.door, "device")
        run = login.with_a_code_on_another_device(self.program, bed.provider)
        self.assertEqual(run.status(), 0, run.text)
        self.revoked = len(bed.provider.events("grant revoked"))
        self.rotated_before = len(self.rotations())

    def rotations(self) -> list[dict]:
        return [each for each in bed.provider.answers("refresh_token") if each.get("issued")]

    def assert_none_was_used_twice(self) -> None:
        self.assertEqual(len(bed.provider.events("grant revoked")), self.revoked,
                         self.explain(self.program))

    def test_is_rotated_by_each_start_and_never_sent_again(self) -> None:
        for _ in range(RESTARTS):
            self.program.start()
            self.assert_is_accepted(self.program, self.door)
            self.program.end()
        self.assertEqual(len(self.rotations()) - self.rotated_before, RESTARTS)
        shown = [each["refresh_token"]
                 for each in bed.provider.requests("refresh_token")[-RESTARTS:]]
        self.assertEqual(len(set(shown)), RESTARTS)
        self.assert_none_was_used_twice()

    def test_is_not_lost_by_a_service_that_is_stopped_at_any_moment(self) -> None:
        seed = random.randrange(2**32)
        print(f"seed {seed}")
        moments = random.Random(seed)
        for _ in range(RESTARTS):
            with self.one_start():
                time.sleep(moments.uniform(0, 0.4))
                self.program.end()
        self.assert_still_logged_in()

    # A strict provider's client that dies between the answer and its own disk is lost whatever it
    # does, so this one forgives the old token until it has seen the new one, or the access token
    # that came with it: from then on there is no excuse.
    def test_survives_a_kill_at_any_moment_of_500_rotations(self) -> None:
        seed = int(os.environ.get("TRUERELAY_SEED", random.randrange(2**32)))
        print(f"seed {seed}")
        moments = random.Random(seed)
        with bed.provider.forgiving():
            longest = self.how_long_it_takes() * 1.3
            while len(self.rotations()) - self.rotated_before < ROTATIONS:
                with self.one_start():
                    time.sleep(moments.uniform(0, longest))
                    self.program.kill()
                self.assert_none_was_used_twice()
            self.assert_still_logged_in()
        shown = [each["refresh_token"] for each in bed.provider.requests("refresh_token")]
        print(f"{len(shown) - len(set(shown))} times it died before the new one was saved")

    @contextlib.contextmanager
    def one_start(self):
        """The service starts, and a client cannot wait to send a message."""
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            self.program.start_without_waiting()
            sending = pool.submit(_send_as_soon_as_possible, self.program)
            yield
            sending.result()

    def how_long_it_takes(self) -> float:
        """From the start until a mail server has seen the new access token."""
        begin, before = time.monotonic(), len(bed.mail.logins())
        with self.one_start():
            while len(bed.mail.logins()) == before:
                self.assertLess(time.monotonic() - begin, 30, self.explain(self.program))
                time.sleep(0.005)
            taken = time.monotonic() - begin
            self.program.kill()
        return taken

    def assert_still_logged_in(self) -> None:
        self.program.start()
        self.assert_is_accepted(self.program, self.door)
        self.program.end()
        self.assert_none_was_used_twice()


def _send_as_soon_as_possible(program: Program) -> None:
    while program.running() and not program.listens():
        time.sleep(0.005)
    with contextlib.suppress(smtplib.SMTPException, OSError):  # 421 in place of 221.
        Smtplib().send(program.port, [f"whoever@{DOMAIN}"], messages.simple())


del ProgramTest  # What is inherited from is not itself a test.

if __name__ == "__main__":
    unittest.main()
