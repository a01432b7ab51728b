"""A client secret that will end is spoken of while there is time: in the log, by `check` and by
`probe`; and neither shows its value."""

import datetime
import unittest

from bed import Bed
from program import NAME, Program
from provider import CLIENT_SECRET
from scenario import SECRET, ProgramTest

bed = Bed()
setUpModule = bed.open
tearDownModule = bed.close


class AClientSecret(ProgramTest):
    bed = bed

    def test_that_ends_in_days_is_warned_of_everywhere(self) -> None:
        program = self.ending_in(days=5)
        for command in (("check",), ("probe", NAME)):
            with self.subTest(command):
                self.assert_warns(program.run(*command))
        program.start()
        self.assert_is_accepted(program, bed.doors["gmail"])
        self.assert_warns(program.log())

    def test_that_lasts_is_no_news(self) -> None:
        program = self.ending_in(days=90)
        for command in (("check",), ("probe", NAME)):
            with self.subTest(command):
                self.assertNotIn("expire", program.run(*command))

    def test_is_listed_with_its_end_and_without_its_value(self) -> None:
        listed = self.ending_in(days=5).run("secret", "list")
        self.assertIn(SECRET, listed)
        self.assertIn(str(_day(5)), listed)
        self.assertNotIn(CLIENT_SECRET, listed)

    def ending_in(self, days: int) -> Program:
        program = self.with_secret(bed.doors["gmail"])
        program.run("secret", "set", SECRET, "--kind", "client_secret", "--expires",
                    str(_day(days)), given=CLIENT_SECRET)
        return program

    def assert_warns(self, text: str) -> None:
        self.assertRegex(text, rf"client secret {SECRET} of upstream {NAME}.* expires? in \d days?")
        self.assertIn("truerelay secret set", text)
        self.assertNotIn(CLIENT_SECRET, text)


def _day(days: int) -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=days)


del ProgramTest  # What is inherited from is not itself a test.

if __name__ == "__main__":
    unittest.main()
