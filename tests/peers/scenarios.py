"""What must be true whatever the client and whatever the upstream.

The measure is never a text of ours where the upstream has spoken: it is what a direct session
hears, and what the upstream's mailboxes hold."""

import re
import unittest

import messages
from clients import Client, Login
from conversation import Conversation, Reply
from mailboxes import BUSY, TAKEN, UNKNOWN, Delivered, new_address
from stage import By, Stage
from upstream import PASSWORD, USER, WRONG_PASSWORD


class StageTest(unittest.TestCase):
    """A test on a module's stage; what it asserts, it can explain."""

    stage: Stage

    def tearDown(self) -> None:
        self.assertTrue(self.stage.relay.running(), self.explain("truerelay has ended"))

    def explain(self, heard: Conversation | str) -> str:
        return f"\nThe conversation:\n{heard}\ntruerelay's log:\n{self.stage.relay.log()}"

    def assert_refused(self, reply: Reply | None, code: int, enhanced: str,
                       heard: Conversation) -> Reply:
        self.assertIsNotNone(reply, "nothing was refused" + self.explain(heard))
        assert reply is not None
        self.assertEqual(reply.code, code, self.explain(heard))
        self.assertTrue(all(line.startswith(enhanced + " ") for line in reply.text.split("\n")),
                        f"{reply} is not {enhanced}" + self.explain(heard))
        self.assertFalse(heard.believes_it_is_sent, self.explain(heard))
        return reply

    def assert_accepted(self, heard: Conversation) -> Reply:
        final = heard.final_reply()
        self.assertIsNotNone(final, "no reply to the end of the data" + self.explain(heard))
        assert final is not None
        self.assertTrue(final.is_positive(), self.explain(heard))
        self.assertTrue(heard.believes_it_is_sent, self.explain(heard))
        return final

    def assert_arrived(self, recipient: str, message: bytes, heard: Conversation) -> Delivered:
        """Just once, byte for byte, over TLS and logged in, and under the very name that the
        client was told."""
        final = self.assert_accepted(heard)
        copies = self.stage.upstream.mailboxes.wait_for(recipient)
        self.assertEqual(len(copies), 1, self.explain(heard))
        difference = messages.difference(message, copies[0].message)
        self.assertEqual(difference, "", self.explain(heard))
        received = copies[0].received_fields()
        self.assertEqual(len(received), 1, f"more than the upstream's own Received: {received}")
        with_id = re.search(r" with ESMTPSA id (\w+)", received[0])
        self.assertIsNotNone(with_id, f"not over TLS and logged in: {received[0]}")
        assert with_id is not None
        self.assertIn(with_id[1], final.text, "the reply is not the upstream's for this message")
        return copies[0]

    def assert_nothing_arrived(self, recipients: list[str], heard: Conversation | str) -> None:
        self.stage.upstream.wait_until_idle()
        for recipient in recipients:
            self.assertEqual(self.stage.upstream.mailboxes.of(recipient), [],
                             f"{recipient} has got what was refused" + self.explain(heard))


class ClientScenarios(StageTest):
    """To be run with each client."""

    client: Client

    def send(self, by: By, recipients: list[str], message: bytes,
             login: Login | None = None) -> Conversation:
        return self.client.send(self.stage.port(by), recipients, message, login)

    def direct(self, recipients: list[str], message: bytes | None = None) -> Conversation:
        return self.stage.upstream.what_a_direct_session_hears(
            self.stage.tls, messages.SENDER, recipients, message)

    def test_an_accepted_message_arrives_byte_for_byte(self) -> None:
        recipient, message = new_address(TAKEN), messages.awkward()
        heard = self.send(By.LOGIN, [recipient], message)
        self.assert_arrived(recipient, message, heard)

    def test_a_message_of_20_mebioctets_arrives_byte_for_byte(self) -> None:
        recipient, message = new_address(TAKEN), messages.large()
        heard = self.send(By.LOGIN, [recipient], message)
        self.assert_arrived(recipient, message, heard)

    def test_several_messages_one_after_another_arrive_each_once(self) -> None:
        sent = [(new_address(TAKEN), messages.simple()) for _ in range(3)]
        for recipient, message in sent:
            self.assert_arrived(recipient, message, self.send(By.LOGIN, [recipient], message))

    def test_each_of_several_recipients_hears_the_upstreams_own_words(self) -> None:
        recipients = [new_address(fate) for fate in (TAKEN, UNKNOWN, BUSY, TAKEN)]
        message = messages.simple()
        direct = self.direct(recipients)
        heard = self.send(By.LOGIN, recipients, message)
        told = []
        for recipient in recipients:
            reply = heard.reply_to_recipient(recipient)
            told.append(reply)
            if reply is None and self.client.one_refusal_is_enough:
                break
            self.assertEqual(reply, direct.reply_to_recipient(recipient), self.explain(heard))
            if reply is not None and reply.is_refusal() and self.client.one_refusal_is_enough:
                break
        self.assertTrue(any(reply and reply.is_refusal() for reply in told), self.explain(heard))
        if self.client.one_refusal_is_enough:
            # It leaves, some after DATA has been answered with 354, but before any of its message.
            self.assertFalse(heard.believes_it_is_sent, self.explain(heard))
            self.assert_nothing_arrived(recipients, heard)
            return
        self.assert_arrived(recipients[0], message, heard)
        self.assert_arrived(recipients[3], message, heard)
        self.assert_nothing_arrived(recipients[1:3], heard)

    def test_a_recipient_refused_for_good_is_refused_in_the_upstreams_own_words(self) -> None:
        self._the_only_recipient_is_refused(UNKNOWN, 550)

    def test_a_recipient_refused_for_now_is_refused_in_the_upstreams_own_words(self) -> None:
        self._the_only_recipient_is_refused(BUSY, 450)

    def _the_only_recipient_is_refused(self, fate: str, code: int) -> None:
        recipient = new_address(fate)
        direct = self.direct([recipient]).reply_to_recipient(recipient)
        heard = self.send(By.LOGIN, [recipient], messages.simple())
        reply = heard.reply_to_recipient(recipient)
        self.assertEqual(reply, direct, self.explain(heard))
        assert reply is not None
        self.assertEqual(reply.code, code)
        self.assertFalse(heard.believes_it_is_sent, self.explain(heard))
        self.assert_nothing_arrived([recipient], heard)

    def test_a_message_refused_at_its_end_is_refused_in_the_upstreams_own_words(self) -> None:
        recipient, message = new_address(TAKEN), messages.looping()
        direct = self.direct([recipient], message).final_reply()
        heard = self.send(By.LOGIN, [recipient], message)
        self.assertEqual(heard.final_reply(), direct, self.explain(heard))
        self.assertFalse(heard.believes_it_is_sent, self.explain(heard))
        self.assert_nothing_arrived([recipient], heard)

    def test_a_refused_login_is_a_554_with_the_upstreams_own_words(self) -> None:
        direct = self.stage.upstream.what_a_direct_login_hears(self.stage.tls, "PLAIN",
                                                               WRONG_PASSWORD)
        self.assertEqual(direct.code, 535)
        recipient = new_address(TAKEN)
        heard = self.send(By.WRONG_PASSWORD, [recipient], messages.simple())
        reply = self.assert_refused(heard.first_refusal(), 554, "5.7.8", heard)
        self.assertIn(direct.words, reply.words, self.explain(heard))
        self.assertNotIn(WRONG_PASSWORD, str(heard) + self.stage.relay.log())
        self.assert_nothing_arrived([recipient], heard)

    def test_a_certificate_for_another_host_is_a_451(self) -> None:
        self._the_relay_refuses(By.WRONG_NAME, 451, "4.7.5")

    def test_an_expired_certificate_is_a_451(self) -> None:
        self._the_relay_refuses(By.EXPIRED, 451, "4.7.5")

    def test_an_upstream_that_is_down_is_a_451(self) -> None:
        self._the_relay_refuses(By.NOBODY, 451, "4.4.1")

    def _the_relay_refuses(self, by: By, code: int, enhanced: str) -> None:
        recipient = new_address(TAKEN)
        heard = self.send(by, [recipient], messages.simple())
        self.assert_refused(heard.first_refusal(), code, enhanced, heard)
        self.assert_nothing_arrived([recipient], heard)

    def test_a_client_that_logs_in_with_plain_is_logged_in_by_the_upstream(self) -> None:
        self._log_in_and_send("PLAIN")

    def test_a_client_that_logs_in_with_login_is_logged_in_by_the_upstream(self) -> None:
        self._log_in_and_send("LOGIN")

    def _log_in_and_send(self, mechanism: str) -> None:
        direct = self.stage.upstream.what_a_direct_login_hears(self.stage.tls, mechanism, PASSWORD)
        recipient, message = new_address(TAKEN), messages.awkward()
        heard = self.send(By.PASSTHROUGH, [recipient], message, Login(mechanism, USER, PASSWORD))
        self.assertEqual(direct.code, 235)
        self.assertEqual(heard.login_reply(), direct, self.explain(heard))
        self.assert_arrived(recipient, message, heard)

    def test_a_client_with_a_wrong_password_hears_the_upstreams_own_535(self) -> None:
        for mechanism in ("PLAIN", "LOGIN"):
            with self.subTest(mechanism):
                direct = self.stage.upstream.what_a_direct_login_hears(self.stage.tls, mechanism,
                                                                       WRONG_PASSWORD)
                recipient = new_address(TAKEN)
                heard = self.send(By.PASSTHROUGH, [recipient], messages.simple(),
                                  Login(mechanism, USER, WRONG_PASSWORD))
                self.assertEqual(direct.code, 535)
                self.assertEqual(heard.login_reply(), direct, self.explain(heard))
                self.assertFalse(heard.believes_it_is_sent, self.explain(heard))
                self.assert_nothing_arrived([recipient], heard)

    def test_a_client_that_should_log_in_and_does_not_is_told_so(self) -> None:
        recipient = new_address(TAKEN)
        heard = self.send(By.PASSTHROUGH, [recipient], messages.simple())
        self.assert_refused(heard.first_refusal(), 530, "5.7.0", heard)  # RFC 4954 section 6
        self.assert_nothing_arrived([recipient], heard)
