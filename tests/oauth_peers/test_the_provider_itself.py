"""The ground that the other tests stand on, without truerelay: that the provider issues tokens
only for what is right, kills the grant of a refresh token that comes twice, and misbehaves as it
is told."""

import http.client
import socket
import ssl
import time
import unittest
import urllib.error

import flows
from certificates import Authority
from provider import CLIENT_SECRET, JWT, MAILBOX, OPAQUE, Provider
from workplace import LOOPBACK, make_directory, remove_directory, wait_until


class ProviderTest(unittest.TestCase):
    provider: Provider

    @classmethod
    def setUpClass(cls) -> None:
        directory = make_directory()
        cls.addClassCleanup(remove_directory, directory)
        cls.provider = Provider(directory / "provider", Authority(directory / "certificates"))
        cls.addClassCleanup(cls.provider.stop)
        cls.provider.start()

    def assert_error(self, answer: flows.Answer, status: int, error: str) -> None:
        self.assertEqual((answer.status, answer.json.get("error")), (status, error), answer)


class WhoProvesWhatTheyAre(ProviderTest):
    def test_gets_a_token_whose_worth_the_mail_servers_can_ask(self) -> None:
        token = flows.with_secret(self.provider, OPAQUE).access_token
        worth = flows.introspected(self.provider, token)
        self.assertTrue(worth["active"])
        self.assertEqual((worth["mailbox"], worth["aud"]), (MAILBOX, OPAQUE))
        self.assertFalse(flows.introspected(self.provider, token + "x")["active"])

    def test_gets_a_jwt_where_the_mail_server_checks_by_itself(self) -> None:
        self.assertEqual(flows.with_secret(self.provider, JWT).access_token.count("."), 2)

    def test_is_refused_with_a_wrong_secret(self) -> None:
        self.assert_error(flows.with_secret(self.provider, OPAQUE, secret="wrong"), 401,
                          "invalid_client")

    def test_is_refused_with_the_other_algorithm(self) -> None:
        answer = flows.post(self.provider, self.provider.token_url, {
            "grant_type": "client_credentials", "client_id": "app-with-certificate-ps256",
            "scope": f"{OPAQUE}/.default", "client_assertion_type": flows.ASSERTION,
            "client_assertion": self.provider.client_key.assertion(
                "RS256", "app-with-certificate-ps256", self.provider.token_url)})
        self.assert_error(answer, 401, "invalid_client")

    def test_gets_no_token_for_a_mailbox_that_was_not_delegated(self) -> None:
        self.assert_error(flows.with_service_account(self.provider, OPAQUE, "boss@example.test"),
                          400, "unauthorized_client")

    def test_leaves_evidence_of_the_assertion_with_the_certificates_thumbprint(self) -> None:
        flows.with_certificate(self.provider, OPAQUE, "PS256")
        asked = self.provider.requests("client_credentials")[-1]
        self.assertEqual(asked["assertion_header"], {
            "alg": "PS256", "typ": "JWT", "x5t#S256": self.provider.client_key.thumbprint()})
        self.assertNotIn(CLIENT_SECRET, str(self.provider.events("request")))


class APerson(ProviderTest):
    def test_who_declines_is_sent_back_without_a_code(self) -> None:
        with self.provider.person_declines():
            returned = flows.authorization(self.provider, OPAQUE, "v" * 43,
                                           flows.REDIRECT.format(port=12345))
        self.assertEqual(returned["error"], "access_denied")
        self.assertEqual(returned["state"], "some state")

    def test_who_declines_at_the_device_leaves_it_without_a_token(self) -> None:
        with self.provider.person_declines():
            self.assert_error(flows.with_device_code(self.provider, OPAQUE), 400, "access_denied")

    def test_gets_no_token_without_the_verifier_of_the_code(self) -> None:
        redirect = flows.REDIRECT.format(port=12345)
        code = flows.authorization(self.provider, OPAQUE, "v" * 43, redirect)["code"]
        self.assert_error(flows.exchange(self.provider, code, "w" * 43, redirect), 400,
                          "invalid_grant")


class ARefreshToken(ProviderTest):
    def setUp(self) -> None:
        self.first = flows.with_device_code(self.provider, OPAQUE)

    def refreshed(self, token: str) -> flows.Answer:
        return flows.refreshed(self.provider, token)

    def test_is_rotated_each_time(self) -> None:
        tokens = [self.first.refresh_token]
        for _ in range(5):
            tokens.append(self.refreshed(tokens[-1]).refresh_token)
        self.assertEqual(len(set(tokens)), 6)

    def test_that_comes_twice_kills_the_grant_and_the_tokens_of_it(self) -> None:
        revoked = len(self.provider.events("grant revoked"))
        second = self.refreshed(self.first.refresh_token)
        self.assert_error(self.refreshed(self.first.refresh_token), 400, "invalid_grant")
        self.assert_error(self.refreshed(second.refresh_token), 400, "invalid_grant")
        self.assertFalse(flows.introspected(self.provider, second.access_token)["active"])
        self.assertEqual(len(self.provider.events("grant revoked")), revoked + 1)

    def test_leaves_evidence_of_its_reuse(self) -> None:
        self.refreshed(self.first.refresh_token)
        self.refreshed(self.first.refresh_token)
        shown = [each["refresh_token"] for each in self.provider.requests("refresh_token")]
        self.assertEqual(shown[-2:], [flows.fingerprint(self.first.refresh_token)] * 2)

    def test_is_forgiven_until_its_successor_is_seen_where_the_provider_is_told_so(self) -> None:
        with self.provider.forgiving():
            lost = self.refreshed(self.first.refresh_token)
            second = self.refreshed(self.first.refresh_token)
            self.assertEqual((lost.status, second.status), (200, 200))
            self.assertEqual(self.refreshed(second.refresh_token).status, 200)
            self.assert_error(self.refreshed(self.first.refresh_token), 400, "invalid_grant")

    def test_is_forgiven_no_more_when_the_access_token_of_its_successor_was_shown(self) -> None:
        with self.provider.forgiving():
            second = self.refreshed(self.first.refresh_token)
            self.assertTrue(flows.introspected(self.provider, second.access_token)["active"])
            self.assert_error(self.refreshed(self.first.refresh_token), 400, "invalid_grant")

    def test_is_worth_nothing_after_an_administrator_has_revoked_it(self) -> None:
        self.provider.revoke_everything()
        self.assert_error(self.refreshed(self.first.refresh_token), 400, "invalid_grant")


class AnAccessToken(ProviderTest):
    def test_is_worth_nothing_after_the_provider_has_forgotten_it(self) -> None:
        token = flows.with_secret(self.provider, OPAQUE).access_token
        self.provider.forget_access_tokens()
        self.assertFalse(flows.introspected(self.provider, token)["active"])


class AFaultOfTheTokenEndpoint(ProviderTest):
    def ask(self, seconds: float = 30) -> flows.Answer:
        return flows.with_secret(self.provider, OPAQUE, seconds=seconds)

    def tearDown(self) -> None:
        self.assertEqual(self.ask().status, 200, "the fault outlives its test")

    def test_any_answer_that_it_is_told_to_give(self) -> None:
        with self.provider.fault("reply", status=429, headers={"Retry-After": "7"}, body="busy"):
            answer = self.ask()
        self.assertEqual((answer.status, answer.headers["retry-after"], answer.text),
                         (429, "7", "busy"))

    def test_as_often_as_it_is_told(self) -> None:
        with self.provider.fault("reply", status=500, times=2):
            self.assertEqual([self.ask().status for _ in range(3)], [500, 500, 200])

    def test_a_changed_answer_with_a_token_that_is_good(self) -> None:
        with self.provider.fault("alter", set={"token_type": "mac"}, remove=["expires_in"]):
            answer = self.ask()
        self.assertNotIn("expires_in", answer.json)
        self.assertEqual(answer.json["token_type"], "mac")
        self.assertTrue(flows.introspected(self.provider, answer.access_token)["active"])

    def test_silence(self) -> None:
        with self.provider.fault("silence"), self.assertRaises(TimeoutError):
            self.ask(seconds=0.5)

    def test_slowness(self) -> None:
        begin = time.monotonic()
        with self.provider.fault("delay", seconds=0.5):
            self.assertEqual(self.ask().status, 200)
        self.assertGreaterEqual(time.monotonic() - begin, 0.5)

    def test_an_answer_in_drops(self) -> None:
        with self.provider.fault("drip", seconds=0.02):
            self.assertGreater(self.reads_of_a_body_without_end(200), 100)

    def test_an_answer_without_end(self) -> None:
        with self.provider.fault("endless"):
            self.assertGreater(self.reads_of_a_body_without_end(4 * 1024 * 1024), 4 * 1024 * 1024)
        wait_until(lambda: self.provider.answers()[-1]["fault"] == "endless", "the end is written")
        answer = self.provider.answers()[-1]
        self.assertFalse(answer["whole"])
        self.assertGreater(answer["octets"], 4 * 1024 * 1024)

    def reads_of_a_body_without_end(self, enough: int) -> int:
        """How many octets come, until they are `enough`."""
        with socket.create_connection((LOOPBACK, self.provider.port), timeout=30) as plain, \
                self.provider.trust().wrap_socket(plain, server_hostname="localhost") as stream:
            stream.sendall(b"POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
            octets = 0
            while octets <= enough and (block := stream.recv(65536)):
                octets += len(block)
            return octets

    def test_an_answer_that_is_lost_after_the_token_was_rotated(self) -> None:
        first = flows.with_device_code(self.provider, OPAQUE)
        with self.provider.fault("lose"), \
                self.assertRaises((urllib.error.URLError, http.client.HTTPException, OSError)):
            flows.refreshed(self.provider, first.refresh_token)
        wait_until(lambda: self.provider.answers("refresh_token") != [], "the loss is written")
        self.assertIsNotNone(self.provider.answers("refresh_token")[-1]["issued"])
        self.assert_error(flows.refreshed(self.provider, first.refresh_token), 400, "invalid_grant")

    def test_nobody_there_and_everything_kept_until_it_is_back(self) -> None:
        first = flows.with_device_code(self.provider, OPAQUE)
        with self.provider.down(), self.assertRaises(urllib.error.URLError) as refused:
            self.ask()
        self.assertIsInstance(refused.exception.reason, ConnectionRefusedError)
        self.assertEqual(flows.refreshed(self.provider, first.refresh_token).status, 200)

    def test_is_no_reason_to_trust_another_authority(self) -> None:
        with self.assertRaises(ssl.SSLCertVerificationError), \
                socket.create_connection((LOOPBACK, self.provider.port), timeout=30) as plain:
            ssl.create_default_context().wrap_socket(plain, server_hostname="localhost")


del ProviderTest  # What is inherited from is not itself a test.

if __name__ == "__main__":
    unittest.main()
