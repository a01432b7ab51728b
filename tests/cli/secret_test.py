"""`truerelay secret ...` at a pseudo terminal and on standard input."""

import os
import pathlib
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

PROGRAM = sys.argv.pop(1)
CANARY = "canary-7f3a"


class Terminal:
    """The program at a terminal of its own; what it shows is kept."""

    def __init__(self, arguments):
        self.shown = ""
        self.child, self.terminal = pty.fork()
        if self.child == 0:
            os.execv(PROGRAM, [PROGRAM, *arguments])

    def wait_for(self, words):
        while words not in self.shown and self.read():
            pass
        if words not in self.shown:
            raise AssertionError(f"{words!r} is not in {self.shown!r}")
        self.shown = self.shown.split(words, 1)[1]

    def read(self):
        try:
            ready, _, _ = select.select([self.terminal], [], [], 60)
            data = os.read(self.terminal, 4096) if ready else b""
        except OSError:  # The program has ended.
            return False
        self.shown += data.decode()
        return bool(data)

    def type(self, text):
        os.write(self.terminal, text.encode())

    def end(self):
        while self.read():
            pass
        _, status = os.waitpid(self.child, 0)
        os.close(self.terminal)
        return os.waitstatus_to_exitcode(status)


class Secret(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.config = self.folder / "truerelay.toml"
        self.config.write_text("# The rest may come later.\n", encoding="utf-8")

    def arguments(self, *words):
        return ["secret", *words, "--config", str(self.config)]

    def run_it(self, *words, given="", status=0):
        result = subprocess.run([PROGRAM, *self.arguments(*words)], input=given, text=True,
                                capture_output=True, timeout=60, check=False,
                                start_new_session=True)  # Without a terminal to ask at.
        said = result.stdout + result.stderr
        self.assertEqual(result.returncode, status, said)
        self.assertNotIn(CANARY, said)
        return said

    def at_terminal(self, *words):
        return Terminal(self.arguments(*words))

    def lines(self):
        return [line.split() for line in self.run_it("list").splitlines()[1:]]

    def test_the_way_of_a_secret(self):
        said = self.run_it("init")
        self.assertIn(str(self.folder / "truerelay.vault"), said)
        self.assertIn(str(self.folder / "truerelay.key"), said)
        self.run_it("set", "office365", "--expires", "2099-12-31", given=CANARY + "\n")
        self.run_it("set", "app.key", "--kind", "private_key", given=f"-----\n{CANARY}\n-----\n")
        listed = self.run_it("list")
        self.assertRegex(listed, r"(?m)^office365 +password +today +- +2099-12-31, in \d+ days$")
        self.assertRegex(listed, r"(?m)^app\.key +private_key +today +- +-$")
        self.run_it("rotate-key")
        self.assertEqual([line[0] for line in self.lines()], ["app.key", "office365"])
        self.run_it("remove", "office365")
        self.assertEqual([line[0] for line in self.lines()], ["app.key"])
        self.assertIn("there is no secret 'office365'", self.run_it("remove", "office365", status=1))

    def test_a_kind_stays_unless_another_is_said(self):
        self.run_it("init")
        self.run_it("set", "app", "--kind", "client_secret", given=CANARY)
        self.run_it("set", "app", given=CANARY + "2")
        self.assertEqual(self.lines()[0][1], "client_secret")
        self.run_it("set", "app", "--kind", "password", given=CANARY)
        self.assertEqual(self.lines()[0][1], "password")

    def test_a_vault_is_not_made_twice(self):
        self.run_it("init")
        before = (self.folder / "truerelay.vault").read_bytes()
        self.assertIn("already", self.run_it("init", status=1))
        self.assertEqual((self.folder / "truerelay.vault").read_bytes(), before)

    def test_slips_are_usage_errors(self):
        self.run_it("init")
        for words in (["set", "a b"], ["set", "a", "--kind", "pasword"],
                      ["set", "a", "--kind", "user_hash"], ["set", "a", "--expires", "2026-02-30"],
                      ["set", "a", "--expires", "tomorrow"], ["set"], ["set", "a", CANARY], []):
            with self.subTest(words=words):
                result = subprocess.run([PROGRAM, *self.arguments(*words)], input=CANARY, text=True,
                                        capture_output=True, timeout=60, check=False)
                self.assertEqual(result.returncode, 2, result.stdout + result.stderr)
        self.assertEqual(self.lines(), [])

    def test_nothing_is_no_secret(self):
        self.run_it("init")
        for given in ("", "\n"):
            self.assertIn("nothing was given", self.run_it("set", "a", given=given, status=1))
        self.assertEqual(self.lines(), [])

    def test_the_prompt_does_not_show_what_is_typed(self):
        self.run_it("init")
        terminal = self.at_terminal("set", "office365")
        terminal.wait_for("Value of office365: ")
        terminal.type(CANARY + "\n")
        self.assertEqual(terminal.end(), 0)
        self.assertNotIn(CANARY, terminal.shown)
        self.assertEqual(self.lines()[0][0], "office365")

    def test_an_interrupt_at_the_prompt_changes_nothing(self):
        self.run_it("init")
        terminal = self.at_terminal("set", "office365")
        terminal.wait_for("Value of office365: ")
        terminal.type("\x03")
        self.assertEqual(terminal.end(), 1)
        self.assertIn("interrupted", terminal.shown)
        self.assertEqual(self.lines(), [])

    def test_a_key_of_several_lines_is_not_typed(self):
        self.run_it("init")
        terminal = self.at_terminal("set", "app.key", "--kind", "private_key")
        self.assertEqual(terminal.end(), 2)
        self.assertIn("< FILE", terminal.shown)

    def test_a_passphrase_is_asked_for_and_can_be_changed(self):
        terminal = self.at_terminal("init", "--passphrase")
        for question in ("Passphrase for the vault: ", "again: "):
            terminal.wait_for(question)
            terminal.type("correct horse\n")
        self.assertEqual(terminal.end(), 0)
        self.assertFalse((self.folder / "truerelay.key").exists())
        self.assertIn("--passphrase-file", self.run_it("list", status=1))
        words = self.folder / "words"
        words.write_text("correct horse\n", encoding="utf-8")
        words.chmod(0o600)
        self.run_it("set", "a", "--passphrase-file", str(words), given=CANARY)

        terminal = self.at_terminal("rotate-key")
        for question, answer in (("Passphrase of the vault: ", "correct horse\n"),
                                 ("New passphrase for the vault: ", "battery staple\n"),
                                 ("again: ", "battery staple\n")):
            terminal.wait_for(question)
            terminal.type(answer)
        self.assertEqual(terminal.end(), 0)
        said = self.run_it("list", "--passphrase-file", str(words), status=1)
        self.assertIn("not the passphrase", said)
        words.write_text("battery staple\n", encoding="utf-8")
        self.assertIn("password", self.run_it("list", "--passphrase-file", str(words)))

        new = self.folder / "new-words"
        new.write_text("in a file\n", encoding="utf-8")
        new.chmod(0o600)
        self.run_it("rotate-key", "--passphrase-file", str(words), "--new-passphrase-file", str(new))
        self.config.write_text('[vault]\npassphrase_file = "new-words"\n', encoding="utf-8")
        self.assertEqual(self.lines()[0][0], "a")

    def test_two_different_passphrases_are_none(self):
        terminal = self.at_terminal("init", "--passphrase")
        terminal.wait_for("Passphrase for the vault: ")
        terminal.type("correct horse\n")
        terminal.wait_for("again: ")
        terminal.type("battery staple\n")
        self.assertEqual(terminal.end(), 1)
        self.assertFalse((self.folder / "truerelay.vault").exists())

    def test_users_are_kept_apart_from_secrets(self):
        self.run_it("init")
        self.run_it("set", "erp", given=CANARY)
        self.run_it("user", "add", "erp", given=CANARY + "\n")
        self.assertEqual([line[:2] for line in self.lines()],
                         [["erp", "password"], ["user:erp", "user_hash"]])
        self.run_it("remove", "erp")
        self.assertEqual([line[0] for line in self.lines()], ["user:erp"])
        self.run_it("user", "remove", "erp")
        self.assertIn("there is no user 'erp'", self.run_it("user", "remove", "erp", status=1))
        self.run_it("user", "add", "a b", given=CANARY, status=2)
        self.run_it("user", "add", "erp", given="a\x01b", status=1)

    def test_no_core_file_can_hold_a_secret(self):
        self.run_it("init")
        terminal = self.at_terminal("set", "a")
        terminal.wait_for("Value of a: ")
        limits = pathlib.Path(f"/proc/{terminal.child}/limits").read_text(encoding="ascii")
        self.assertRegex(limits, r"Max core file size +0 +0")
        os.kill(terminal.child, signal.SIGABRT)
        terminal.end()

    def test_the_secret_is_not_on_the_disk(self):
        self.run_it("init")
        self.run_it("set", "office365", given=CANARY)
        self.run_it("user", "add", "erp", given=CANARY)
        self.run_it("rotate-key")
        for path in self.folder.rglob("*"):
            if path.is_file():
                self.assertNotIn(CANARY.encode(), path.read_bytes(), path)
                if path.name != "truerelay.toml":
                    self.assertEqual(path.stat().st_mode & 0o777, 0o600, path)
        key = (self.folder / "truerelay.key").read_text(encoding="ascii")
        self.assertTrue(re.fullmatch(r"[A-Za-z0-9+/]{43}=\n", key))


if __name__ == "__main__":
    unittest.main()
