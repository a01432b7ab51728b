"""What must be true of the session itself: old clients, clients that leave, and an upstream that is
restarted in the middle."""

import messages
from clients import Smtplib
from mailboxes import TAKEN, new_address
from raw_session import RawSession
from scenarios import StageTest
from stage import By


class SessionScenarios(StageTest):
    """To be run once for each upstream."""

    def session(self) -> RawSession:
        return RawSession(self.stage.port(By.LOGIN))

    def begin(self, session: RawSession, recipient: str) -> None:
        self.assertTrue(session.command(f"MAIL FROM:<{messages.SENDER}>").is_positive())
        self.assertTrue(session.command(f"RCPT TO:<{recipient}>").is_positive(),
                        self.explain(session.heard))

    def send_in(self, session: RawSession, recipient: str) -> None:
        message = messages.simple()
        self.begin(session, recipient)
        self.assertEqual(session.command("DATA").code, 354)
        session.finish(message)
        self.assert_arrived(recipient, message, session.heard)
        session.heard.exchanges.clear()

    def test_a_client_that_knows_only_helo_sends_its_message(self) -> None:
        with self.session() as session:
            helo = session.command("HELO scanner")
            self.assertEqual(helo.code, 250)
            self.assertNotIn("\n", helo.text, "HELO has a one-line reply")
            self.send_in(session, new_address(TAKEN))
            self.assertEqual(session.command("QUIT").code, 221)

    def test_several_messages_of_one_session_arrive(self) -> None:
        with self.session() as session:
            self.assertEqual(session.command("EHLO client.test").code, 250)
            for _ in range(3):
                self.send_in(session, new_address(TAKEN))
            self.assertEqual(session.command("QUIT").code, 221)

    def test_a_client_that_leaves_before_its_final_dot_has_sent_nothing(self) -> None:
        recipient = new_address(TAKEN)
        with self.session() as session:
            session.command("EHLO client.test")
            self.begin(session, recipient)
            self.assertEqual(session.command("DATA").code, 354)
            session.write(messages.simple())  # And no dot.
        # A message of a later session through the same relay: the one before is over by then.
        with self.session() as session:
            session.command("EHLO client.test")
            self.send_in(session, new_address(TAKEN))
        self.assert_nothing_arrived([recipient], session.heard)

    def test_a_reset_transaction_sends_nothing_and_the_next_one_does(self) -> None:
        recipient = new_address(TAKEN)
        with self.session() as session:
            session.command("EHLO client.test")
            self.begin(session, recipient)
            self.assertEqual(session.command("RSET").code, 250)
            self.send_in(session, new_address(TAKEN))
            self.assert_nothing_arrived([recipient], session.heard)

    def test_after_a_restart_of_the_upstream_the_next_message_is_sent(self) -> None:
        self._send_from_a_new_client()
        self._restart()
        self._send_from_a_new_client()

    def test_a_session_outlives_a_restart_of_the_upstream(self) -> None:
        with self.session() as session:
            session.command("EHLO client.test")
            self.send_in(session, new_address(TAKEN))
            self._restart()
            self.send_in(session, new_address(TAKEN))

    def test_a_restart_in_the_middle_of_a_transaction_is_repaired_or_told(self) -> None:
        recipient, message = new_address(TAKEN), messages.simple()
        with self.session() as session:
            session.command("EHLO client.test")
            self.begin(session, recipient)
            self._restart()
            if (reply := session.command("DATA")).code == 354:
                reply = session.finish(message)
            if reply.is_positive():
                self.assert_arrived(recipient, message, session.heard)
            else:
                self.assertEqual(reply.code // 100, 4, self.explain(session.heard))
                self.assert_nothing_arrived([recipient], session.heard)

    def test_while_the_upstream_is_down_a_client_hears_451_and_afterwards_sends(self) -> None:
        self._send_from_a_new_client()
        recipient = new_address(TAKEN)
        self.stage.upstream.stop()
        try:
            heard = Smtplib().send(self.stage.port(By.LOGIN), [recipient], messages.simple())
        finally:
            self.stage.upstream.start()
        self.assert_refused(heard.first_refusal(), 451, "4.4.1", heard)
        self._send_from_a_new_client()
        self.assert_nothing_arrived([recipient], heard)

    def _send_from_a_new_client(self) -> None:
        recipient, message = new_address(TAKEN), messages.simple()
        heard = Smtplib().send(self.stage.port(By.LOGIN), [recipient], message)
        self.assert_arrived(recipient, message, heard)

    def _restart(self) -> None:
        self.stage.upstream.stop()
        self.stage.upstream.start()
