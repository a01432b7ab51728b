"""The ground that the other tests stand on, without truerelay: that the upstreams take, refuse and
deliver as the scenarios suppose, that their bad certificates are bad in just one way, and that the
evidence would show a lie."""

import smtplib
import ssl
import unittest

import messages
from certificates import Kind
from mailboxes import BUSY, TAKEN, UNKNOWN, new_address
from opensmtpd import OpenSmtpd
from postfix import Postfix
from upstream import PASSWORD, WRONG_PASSWORD, Tls, Upstream
from workplace import LOOPBACK


class UpstreamTest(unittest.TestCase):
    kind: type[Upstream]
    upstream: Upstream

    @classmethod
    def setUpClass(cls) -> None:
        cls.upstream = cls.kind()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.upstream.close()

    def send(self, tls: Tls, recipients: list[str], message: bytes | None = None,
             login: bool = True):
        return self.upstream.what_a_direct_session_hears(tls, messages.SENDER, recipients, message,
                                                         login)

    def test_an_accepted_message_is_delivered_byte_for_byte(self) -> None:
        for tls in Tls:
            for message in (messages.awkward(), messages.large()):
                recipient = new_address(TAKEN)
                self.assertTrue(self.send(tls, [recipient], message).final_reply().is_positive())
                copies = self.upstream.mailboxes.wait_for(recipient)
                self.assertEqual(len(copies), 1)
                self.assertEqual(messages.difference(message, copies[0].message), "")
                self.assertEqual(len(copies[0].received_fields()), 1)
                self.assertIn(" with ESMTPSA id ", copies[0].received_fields()[0])

    def test_each_recipient_has_its_own_fate(self) -> None:
        for tls in Tls:
            recipients = [new_address(fate) for fate in (TAKEN, UNKNOWN, BUSY, TAKEN)]
            heard = self.send(tls, recipients, messages.simple())
            self.assertEqual([heard.reply_to_recipient(each).code for each in recipients],
                             [250, 550, 450, 250])
            self.upstream.mailboxes.wait_for(recipients[0])
            self.upstream.mailboxes.wait_for(recipients[3])
            self.upstream.wait_until_idle()
            self.assertEqual(self.upstream.mailboxes.of(recipients[1]), [])
            self.assertEqual(self.upstream.mailboxes.of(recipients[2]), [])

    def test_a_looping_message_is_refused_at_its_end_and_not_delivered(self) -> None:
        for tls in Tls:
            recipient = new_address(TAKEN)
            final = self.send(tls, [recipient], messages.looping()).final_reply()
            self.assertEqual(final.code // 100, 5)
            self.upstream.wait_until_idle()
            self.assertEqual(self.upstream.mailboxes.of(recipient), [])

    def test_only_the_right_password_logs_in(self) -> None:
        for tls in Tls:
            for mechanism in ("PLAIN", "LOGIN"):
                hears = self.upstream.what_a_direct_login_hears
                self.assertEqual(hears(tls, mechanism, PASSWORD).code, 235)
                self.assertEqual(hears(tls, mechanism, WRONG_PASSWORD).code, 535)

    def test_who_is_not_logged_in_is_refused(self) -> None:
        for tls in Tls:
            self.assertIsNotNone(self.send(tls, [new_address(TAKEN)], login=False).first_refusal())

    def test_nothing_is_taken_without_tls(self) -> None:
        with smtplib.SMTP(LOOPBACK, self.upstream.port(Tls.STARTTLS), timeout=30) as smtp:
            smtp.ehlo()
            self.assertFalse(smtp.has_extn("auth"))
            self.assertEqual(smtp.mail(messages.SENDER)[0], 530)

    def test_the_bad_certificates_are_refused_each_for_its_own_reason(self) -> None:
        reasons = {Kind.WRONG_NAME: "mismatch", Kind.EXPIRED: "has expired"}
        for tls in Tls:
            for kind, reason in reasons.items():
                with self.assertRaisesRegex(ssl.SSLCertVerificationError, reason):
                    self.upstream.session(tls, kind)

    def test_after_a_restart_it_takes_mail_again(self) -> None:
        self.upstream.stop()
        with self.assertRaises(ConnectionRefusedError):
            self.upstream.session(Tls.STARTTLS)
        self.upstream.start()
        for tls in Tls:
            recipient = new_address(TAKEN)
            self.send(tls, [recipient], messages.simple())
            self.upstream.mailboxes.wait_for(recipient)

    def test_mail_that_nobody_was_told_of_is_noticed(self) -> None:
        recipient = new_address(TAKEN)
        self.send(Tls.STARTTLS, [recipient], messages.simple())
        self.upstream.wait_until_idle()
        self.assertEqual(self.upstream.mailboxes.unexpected(), [recipient.partition("@")[0]])
        self.upstream.mailboxes.wait_for(recipient)
        self.assertEqual(self.upstream.mailboxes.unexpected(), [])


class OfPostfix(UpstreamTest):
    kind = Postfix


class OfOpenSmtpd(UpstreamTest):
    kind = OpenSmtpd


del UpstreamTest  # What is inherited from is not itself a test.

if __name__ == "__main__":
    unittest.main()
