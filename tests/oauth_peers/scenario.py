"""A test with a bed, and a truerelay of its own that gets its tokens from the bed's provider."""

import unittest

import messages
from bed import Bed, Door
from clients import Smtplib
from conversation import Conversation, Reply
from mailboxes import TAKEN, new_address
from mail_servers import Taken
from program import Program, Settings
from provider import CLIENT_SECRET, MAILBOX, SERVICE_ACCOUNT
from workplace import LOOPBACK

SECRET = "client-secret"            # The names of the vault's entries.
CERTIFICATE = "client-certificate"
SERVICE_ACCOUNT_KEY = "service-account"
REFRESH_TOKEN = "refresh-token"


class ProgramTest(unittest.TestCase):
    bed: Bed

    def program(self, door: Door, oauth: Settings, mechanism: str = "XOAUTH2",
                **settings: str | int | bool) -> Program:
        """Not started yet: secrets and logins come first."""
        upstream: Settings = {
            "host": LOOPBACK, "port": door.port, "tls": "implicit" if door.implicit else "starttls",
            "ca_file": str(self.bed.authority.file), "auth": mechanism.lower(), "user": MAILBOX}
        provider = self.bed.provider
        endpoints: Settings = {
            "token_endpoint": provider.token_url, "ca_file": str(self.bed.authority.file)}
        program = Program(upstream | settings | {"oauth": endpoints | oauth})
        self.addCleanup(program.close)
        return program

    def with_secret(self, door: Door, client: str = "app-with-secret",
                    mechanism: str = "XOAUTH2", **settings: str | int | bool) -> Program:
        program = self.program(door, {
            "client_id": client, "client_secret": SECRET,
            "scope": f"{door.resource}/.default"}, mechanism, **settings)
        program.set_secret(SECRET, CLIENT_SECRET)
        return program

    def with_certificate(self, door: Door, algorithm: str, mechanism: str) -> Program:
        program = self.program(door, {
            "certificate": CERTIFICATE, "algorithm": algorithm,
            "client_id": f"app-with-certificate-{algorithm.lower()}",
            "scope": f"{door.resource}/.default"}, mechanism)
        key = self.bed.provider.client_key
        program.set_secret(CERTIFICATE, key.key.read_text() + key.certificate.read_text())
        return program

    def with_service_account(self, door: Door, mechanism: str) -> Program:
        program = self.program(door, {
            "service_account": SERVICE_ACCOUNT_KEY,
            "scope": f"{door.resource}/SMTP.Send"}, mechanism)
        provider = self.bed.provider
        program.set_secret(SERVICE_ACCOUNT_KEY, provider.client_key.service_account_file(
            SERVICE_ACCOUNT, provider.token_url))
        return program

    def for_a_person(self, door: Door, client: str, mechanism: str = "XOAUTH2") -> Program:
        """Who has not logged in yet: see login.py."""
        provider = self.bed.provider
        endpoint = {"device": {"device_endpoint": provider.device_url},
                    "desktop": {"authorization_endpoint": provider.authorization_url}}[client]
        return self.program(door, endpoint | {
            "client_id": client, "refresh_token": REFRESH_TOKEN,
            "scope": f"{door.resource}/SMTP.Send offline_access"}, mechanism)

    def send(self, program: Program) -> tuple[str, bytes, Conversation]:
        recipient, message = new_address(TAKEN), messages.awkward()
        return recipient, message, Smtplib().send(program.port, [recipient], message)

    def assert_is_accepted(self, program: Program, door: Door) -> Taken:
        recipient, message, heard = self.send(program)
        final = heard.final_reply()
        self.assertTrue(final is not None and final.is_positive(), self.explain(program, heard))
        assert final is not None
        taken = self.bed.mail.wait_for(recipient)
        self.assertIn(taken.id, final.text)
        self.assertEqual((taken.server, taken.user), (door.server, MAILBOX))
        self.assertEqual(messages.difference(message, taken.message[-len(message):]), "")
        return taken

    def assert_is_refused(self, program: Program, code: int, enhanced: str) -> Reply:
        """With that reply, at its first command that counts; nothing of it is sent."""
        recipient, _, heard = self.send(program)
        reply = heard.first_refusal()
        self.assertIsNotNone(reply, self.explain(program, heard))
        assert reply is not None
        self.assertEqual((reply.code, reply.text.split(" ")[0]), (code, enhanced),
                         self.explain(program, heard))
        self.assertEqual(self.bed.mail.taken_for(recipient), [])
        return reply

    def explain(self, program: Program, heard: Conversation | str = "") -> str:
        return (f"\nThe conversation:\n{heard}\ntruerelay's log:\n{program.log()[-3000:]}\n"
                f"The provider's answers:\n{self.bed.provider.answers()[-3:]}\n{self.bed.log()}")
