"""truerelay gets its token in every way that it knows, and shows it to every mail server."""

import unittest
from collections.abc import Callable

import login
from bed import Bed, Door
from program import Program
from provider import CLIENT_SECRET, Provider
from scenario import REFRESH_TOKEN, ProgramTest

bed = Bed()
setUpModule = bed.open
tearDownModule = bed.close


class EveryWayToAToken(ProgramTest):
    bed = bed

    def for_each_door(self, make: Callable[[Door, str], Program]) -> None:
        for door in bed.doors.values():
            for mechanism in door.mechanisms:
                with self.subTest(server=door.name, mechanism=mechanism):
                    program = make(door, mechanism)
                    program.start()
                    self.assert_is_accepted(program, door)
                    program.end()

    def test_client_credentials_with_a_secret(self) -> None:
        self.for_each_door(lambda door, mechanism: self.with_secret(door, mechanism=mechanism))

    def test_client_credentials_with_a_certificate_and_rs256(self) -> None:
        self.for_each_door(lambda door, mechanism: self.with_certificate(door, "RS256", mechanism))

    def test_client_credentials_with_a_certificate_and_ps256(self) -> None:
        self.for_each_door(lambda door, mechanism: self.with_certificate(door, "PS256", mechanism))

    def test_a_service_account(self) -> None:
        self.for_each_door(self.with_service_account)

    def test_a_certificate_is_named_by_its_thumbprint(self) -> None:
        program = self.with_certificate(bed.doors["gmail"], "PS256", "XOAUTH2")
        program.start()
        self.assert_is_accepted(program, bed.doors["gmail"])
        asked = bed.provider.requests("client_credentials")[-1]
        self.assertEqual(asked["assertion_header"]["x5t#S256"],
                         bed.provider.client_key.thumbprint())
        self.assertNotIn("client_secret", asked["parameters"])
        lifetime = asked["assertion"]["exp"] - asked["assertion"]["iat"]
        self.assertTrue(0 < lifetime <= 600, asked)

    def test_a_device_code(self) -> None:
        self.for_each_door(lambda door, mechanism: self.logged_in(
            door, "device", mechanism, login.with_a_code_on_another_device))

    def test_an_authorization_code_with_a_browser_here(self) -> None:
        self.for_each_door(lambda door, mechanism: self.logged_in(
            door, "desktop", mechanism, login.in_a_browser_here))

    def test_an_authorization_code_with_a_browser_elsewhere(self) -> None:
        door = bed.doors["gmail"]
        program = self.logged_in(door, "desktop", "XOAUTH2", login.in_a_browser_elsewhere)
        program.start()
        self.assert_is_accepted(program, door)

    def test_the_browser_is_sent_away_with_a_challenge_and_a_state(self) -> None:
        self.logged_in(bed.doors["gmail"], "desktop", "XOAUTH2", login.in_a_browser_here)
        asked = bed.provider.events("authorization")[-1]
        self.assertEqual(asked["code_challenge_method"], "S256")
        self.assertGreaterEqual(len(asked["code_challenge"]), 43)
        self.assertGreaterEqual(len(asked["state"]), 16)
        self.assertIn("offline_access", asked["scope"].split())

    def test_a_person_who_declines_is_told_of_it_and_nothing_is_stored(self) -> None:
        for client, how in (("device", login.with_a_code_on_another_device),
                            ("desktop", login.in_a_browser_here)):
            program = self.for_a_person(bed.doors["gmail"], client)
            with bed.provider.person_declines(), self.subTest(client):
                run = how(program, bed.provider)
                self.assertEqual(run.status(), 1, run.text)
                self.assertRegex(run.text, "(?i)declined|denied")
                self.assertNotIn(REFRESH_TOKEN, program.run("secret", "list"))

    def test_no_secret_is_ever_written_down(self) -> None:
        program = self.with_secret(bed.doors["office365"])
        program.start()
        self.assert_is_accepted(program, bed.doors["office365"])
        program.end()
        for file in (each for each in program.directory.rglob("*") if each.is_file()):
            self.assertNotIn(CLIENT_SECRET.encode(), file.read_bytes(), file)

    def logged_in(self, door: Door, client: str, mechanism: str,
                  how: Callable[[Program, Provider], login.Login]) -> Program:
        program = self.for_a_person(door, client, mechanism)
        run = how(program, bed.provider)
        self.assertEqual(run.status(), 0, run.text)
        return program


del ProgramTest  # What is inherited from is not itself a test.

if __name__ == "__main__":
    unittest.main()
