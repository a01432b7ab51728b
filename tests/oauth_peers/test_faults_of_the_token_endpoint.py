"""The token endpoint fails in every way that one can: what the client hears, what the log says, and
that neither a refresh token nor anybody's patience is wasted.

A 454 is worth another try, a 554 wants a person; both say what is the matter and what to do."""

import re
import time
import unittest

import login
from bed import Bed
from conversation import Reply
from program import Program
from provider import CLIENT_SECRET
from scenario import SECRET, ProgramTest

# What may be sent of an endless one: hardly more than what the kernel's buffers hold.
MOST_OF_AN_ANSWER = 16 * 1024 * 1024

# A request that is answered in drops ends after 30 s, and the next one comes soon after that.
RECOVERY = 60  # seconds; as a bound, not as a measure

bed = Bed()
setUpModule = bed.open
tearDownModule = bed.close


class FaultTest(ProgramTest):
    bed = bed

    def setUp(self) -> None:
        self.door = bed.doors["gmail"]
        self.before = len(bed.provider.requests())

    def tearDown(self) -> None:
        self.assertNotIn(CLIENT_SECRET, self.program_under_test.log())

    def started(self, **settings: str | int | bool) -> Program:
        """It asks for a token as it starts: a fault must be there before."""
        self.program_under_test = self.with_secret(self.door, connect_timeout="4s", **settings)
        self.program_under_test.start()
        return self.program_under_test

    def requests(self) -> int:
        return len(bed.provider.requests()) - self.before

    def hears(self, code: int, enhanced: str, *words: str) -> Reply:
        """And the log says it as well, once for all who hear it."""
        reply = self.assert_is_refused(self.program_under_test, code, enhanced)
        for each in words:
            self.assertRegex(reply.text, each, self.explain(self.program_under_test))
            self.assertRegex(self.program_under_test.log(), each,
                             self.explain(self.program_under_test))
        return reply

    def is_said_loudly_once(self, *words: str) -> None:
        """In one line of the log, however many hear it and however often it is tried."""
        lines = re.findall(r"(?m)^.* (?:warn|error) .*there is no new access token: .*$",
                           self.program_under_test.log())
        self.assertEqual(len(lines), 1, self.explain(self.program_under_test))
        for each in words:
            self.assertRegex(lines[0], each)

    def recovers(self) -> None:
        """Nobody need do anything when the fault is over."""
        deadline = time.monotonic() + RECOVERY
        while not self.send(self.program_under_test)[2].believes_it_is_sent:
            self.assertLess(time.monotonic(), deadline, self.explain(self.program_under_test))
            time.sleep(0.5)


class AFaultThatPasses(FaultTest):
    def the_client_hears_454_and_it_recovers(self, kind: str, *words: str,
                                             **details: object) -> None:
        with bed.provider.fault(kind, **details):
            self.started()
            self.hears(454, "4.7.0", *words)
        self.recovers()
        self.is_said_loudly_once(*words)
        self.assertRegex(self.program_under_test.log(), "there is an access token again")

    def test_nobody_is_there(self) -> None:
        with bed.provider.down():
            self.started()
            self.hears(454, "4.7.0", "(?i)refused")
        self.recovers()

    def test_it_says_nothing(self) -> None:
        self.the_client_hears_454_and_it_recovers("silence", "not? answer")

    def test_500(self) -> None:
        self.the_client_hears_454_and_it_recovers("reply", "500", status=500, body="oops")

    def test_503_in_html(self) -> None:
        self.the_client_hears_454_and_it_recovers(
            "reply", "503", status=503, headers={"Content-Type": "text/html"},
            body="<html><body>Service unavailable</body></html>")

    def test_200_in_html(self) -> None:
        self.the_client_hears_454_and_it_recovers(
            "reply", "200 with something that is not JSON", status=200,
            headers={"Content-Type": "text/html"},
            body="<html><body>Sign in to the hotel's network</body></html>")

    def test_garbage(self) -> None:
        self.the_client_hears_454_and_it_recovers("reply", "200 with something that is not JSON",
                                                  status=200, body="\x01{[}\x7f\"")

    def test_an_empty_answer(self) -> None:
        self.the_client_hears_454_and_it_recovers("reply", "200 with something that is not JSON",
                                                  status=200, body="")

    def test_an_object_without_a_token(self) -> None:
        self.the_client_hears_454_and_it_recovers("alter", "without an access_token",
                                                  remove=["access_token"])

    def test_a_token_with_control_octets(self) -> None:
        self.the_client_hears_454_and_it_recovers(
            "alter", "that no SMTP command can carry",
            set={"access_token": "a\r\nMAIL FROM:<x@example.test>"})

    def test_an_answer_in_drops(self) -> None:
        self.the_client_hears_454_and_it_recovers(
            "drip", "not? answer", seconds=0.1)

    def test_an_answer_without_end(self) -> None:
        self.the_client_hears_454_and_it_recovers("endless", "gave no answer|far more than")
        cut = [each for each in bed.provider.answers() if each.get("fault") == "endless"]
        self.assertTrue(all(each["octets"] < MOST_OF_AN_ANSWER for each in cut), cut)

    def test_the_connection_breaks(self) -> None:
        self.the_client_hears_454_and_it_recovers("lose", "gave no answer")

    def test_too_many_requests_are_not_made_more(self) -> None:
        with bed.provider.fault("reply", status=429, headers={"Retry-After": "60"}, body=""):
            self.started()
            for _ in range(3):
                self.hears(454, "4.7.0", "429")
        self.assertEqual(self.requests(), 1, self.explain(self.program_under_test))

    def test_a_redirect_is_not_followed(self) -> None:
        self.the_client_hears_454_and_it_recovers(
            "reply", "307", status=307, headers={"Location": f"{bed.provider.token_url}?elsewhere"})
        self.assertEqual({each["url"] for each in bed.provider.requests()}, {"/token"})


class AFaultThatWantsAPerson(FaultTest):
    def the_client_hears_554_and_nobody_asks_again(self, *words: str, **answer: object) -> None:
        with bed.provider.fault("reply", **answer):
            self.started()
            for _ in range(3):
                self.hears(554, "5.7.8", *words)
            self.assertEqual(self.requests(), 1, self.explain(self.program_under_test))
        self.is_said_loudly_once(*words)

    def test_an_expired_secret(self) -> None:
        self.the_client_hears_554_and_nobody_asks_again(
            "expired", "truerelay secret set", status=401,
            body='{"error":"invalid_client","error_description":"AADSTS7000222: The provided '
                 'client secret keys for app \'4711\' are expired."}')

    def test_a_wrong_secret(self) -> None:
        self.the_client_hears_554_and_nobody_asks_again(
            "wrong", "not its ID", status=401,
            body='{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client '
                 'secret provided."}')

    def test_no_consent(self) -> None:
        self.the_client_hears_554_and_nobody_asks_again(
            "consent", status=400,
            body='{"error":"invalid_grant","error_description":"AADSTS65001: The user or '
                 'administrator has not consented to use the application."}')

    def test_an_error_in_a_200(self) -> None:
        self.the_client_hears_554_and_nobody_asks_again(
            "invalid_client", status=200, body='{"error":"invalid_client"}')

    def test_a_secret_that_is_really_wrong_until_it_is_corrected(self) -> None:
        self.program_under_test = self.with_secret(self.door)
        self.program_under_test.set_secret(SECRET, "another secret")
        self.program_under_test.start()
        self.hears(554, "5.7.8", "invalid_client")
        self.program_under_test.set_secret(SECRET, CLIENT_SECRET)
        self.recovers()


class AnOddAnswer(FaultTest):
    """With a token that is good: it is used."""

    def test_without_the_time_of_its_end(self) -> None:
        self.is_used(remove=["expires_in"])

    def test_that_ends_in_a_thousand_years(self) -> None:
        self.is_used(set={"expires_in": 31536000000})

    def test_that_has_ended_before_it_began(self) -> None:
        self.is_used(set={"expires_in": -5})

    def test_whose_end_is_text(self) -> None:
        self.is_used(set={"expires_in": "3599"})

    def test_of_another_type_of_letters(self) -> None:
        self.is_used(set={"token_type": "bEaReR"})

    def is_used(self, **change: object) -> None:
        with bed.provider.fault("alter", **change):
            self.assert_is_accepted(self.started(), self.door)


class ATokenThatTheServerRefuses(FaultTest):
    def test_is_replaced_once_and_then_a_person_is_wanted(self) -> None:
        self.program_under_test = self.with_secret(self.door, "app-of-another-mailbox")
        self.program_under_test.start()
        for _ in range(3):
            self.hears(554, "5.7.8", "Username and Password not accepted")
        self.assertLessEqual(self.requests(), 2)

    def test_is_replaced_without_anybodys_notice_where_that_helps(self) -> None:
        program = self.started(idle_close="1s")
        self.assert_is_accepted(program, self.door)
        bed.provider.forget_access_tokens()
        time.sleep(2)  # Until the connection that is logged in already is closed.
        self.assert_is_accepted(program, self.door)
        self.assertEqual(self.requests(), 2)

    def test_is_a_554_in_the_words_of_office_365_too(self) -> None:
        self.door = bed.doors["office365"]
        self.program_under_test = self.with_secret(self.door, "app-of-another-mailbox")
        self.program_under_test.start()
        self.hears(554, "5.7.8", r"5\.7\.3 Authentication unsuccessful")


class ALogin(FaultTest):
    """A refresh token outlives every fault that passes."""

    def setUp(self) -> None:
        super().setUp()
        self.program_under_test = self.for_a_person(self.door, "device")
        run = login.with_a_code_on_another_device(self.program_under_test, bed.provider)
        self.assertEqual(run.status(), 0, run.text)

    def test_outlives_an_endpoint_that_is_down(self) -> None:
        with bed.provider.down():
            self.program_under_test.start()
            self.hears(454, "4.7.0")
        self.recovers()

    def test_outlives_garbage_500_and_429(self) -> None:
        for fault in ({"status": 200, "body": "?"}, {"status": 500}, {"status": 429}):
            with bed.provider.fault("reply", **fault), self.subTest(fault):
                self.program_under_test.start()
                self.assert_is_refused(self.program_under_test, 454, "4.7.0")
                self.program_under_test.end()
        self.program_under_test.start()
        self.assert_is_accepted(self.program_under_test, self.door)

    def test_that_was_revoked_wants_a_person_and_a_new_one_needs_no_restart(self) -> None:
        bed.provider.revoke_everything()
        self.program_under_test.start()
        self.hears(554, "5.7.8", "truerelay login")
        run = login.with_a_code_on_another_device(self.program_under_test, bed.provider)
        self.assertEqual(run.status(), 0, run.text)
        self.recovers()


del FaultTest, ProgramTest  # What is inherited from is not itself a test.

if __name__ == "__main__":
    unittest.main()
