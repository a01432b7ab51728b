"""Ways to log in that need a peer which keeps to a script: through a proxy, with tokens of a
program, with an app password as it is shown, at a server with an answer of its own kind; and where
the secrets lie meanwhile."""

import os
import re
import shutil
import tempfile
import unittest
from pathlib import Path

import scripted_upstream
from canaries import Search, canary, token_canary
from certificates import Authority, Kind
from clients import Login
from installation import Installation
from peer import server_context
from scripted_provider import Asked, ScriptedProvider
from scripted_proxy import ScriptedProxy
from scripted_upstream import ScriptedUpstream, says, takes_it
from workplace import wait_until

USER = "erp@example.test"
SECRET = canary("client secret")
TOKEN = token_canary("access token")
PASSWORD = canary("upstream password")
PROXY_PASSWORD = canary("proxy password")

directory = tempfile.TemporaryDirectory(prefix="truerelay-logins-")


def setUpModule() -> None:
    global authority, tls
    authority = Authority(Path(directory.name) / "authority")
    valid = authority.certificates[Kind.VALID]
    tls = server_context(str(valid.chain), str(valid.key))


def tearDownModule() -> None:
    directory.cleanup()


def good(asked: Asked) -> dict[str, object]:
    return {"access_token": TOKEN.text, "token_type": "Bearer", "expires_in": 3600}


class LoginTest(unittest.TestCase):
    def setUp(self) -> None:
        self.installation = Installation()
        self.addCleanup(self.installation.close)
        (self.installation.folder / "upstreams" / "ca.pem").write_text(authority.file.read_text())
        self.provider = ScriptedProvider(tls, good)
        self.addCleanup(self.provider.close)
        self.installation.run("secret", "init")
        self.installation.set_secret("client-secret", SECRET.text)

    def upstream(self, script: scripted_upstream.Script = takes_it, oauth: dict | None = None,
                 listener: dict | None = None, **settings: object) -> ScriptedUpstream:
        server = ScriptedUpstream(tls, script)
        self.addCleanup(server.close)
        self.installation.upstream(
            "mail", {"host": "127.0.0.1", "port": server.port, "tls": "implicit",
                     "ca_file": "ca.pem", "user": USER, **settings}, oauth, **(listener or {}))
        return server

    def application(self) -> dict[str, object]:
        return {"client_id": "app", "scope": "mail", "client_secret": "client-secret",
                "token_endpoint": self.provider.url("good"), "ca_file": "ca.pem"}

    def accepts(self, login: Login | None = None) -> None:
        heard = self.installation.send("mail", login)
        self.assertTrue(heard.believes_it_is_sent, f"{heard}\n{self.installation.written()}")

    def refuses(self, code: int, *words: str) -> None:
        reply = self.installation.send("mail").first_refusal()
        self.assertIsNotNone(reply)
        self.assertEqual(reply.code, code, reply.text)
        for each in words:
            self.assertIn(each, reply.text)
            self.assertIn(each, self.installation.log())

    def loud_lines(self) -> int:
        return len(re.findall("there is no new access token", self.installation.log()))


class ATokenThroughAProxy(LoginTest):
    def asked_through(self, scheme: str) -> None:
        proxy = ScriptedProxy(scheme)
        self.addCleanup(proxy.close)
        file = self.installation.secret_file("upstreams/proxy.password", PROXY_PASSWORD.text)
        server = self.upstream(oauth=self.application(), via=proxy.url, via_user="erp",
                               via_password_file=Path(file).name)
        self.installation.start()
        self.accepts()
        self.assertEqual({login.secret for login in server.logins}, {TOKEN.text})
        self.assertEqual([asked.form["client_secret"] for asked in self.provider.asked],
                         [SECRET.text])
        # The request for the token and the mail went that way, both with its password.
        provider = self.provider.url("").removeprefix("https://").rstrip("/")
        self.assertEqual(set(proxy.tunnels), {provider, f"127.0.0.1:{server.port}"})
        self.assertEqual(set(proxy.passwords), {PROXY_PASSWORD.text})
        self.installation.stop()
        # It could see neither.
        self.assertEqual(Search([SECRET, TOKEN]).in_text(proxy.told(), "the proxy"), [])

    def test_of_http(self) -> None:
        self.asked_through("http")

    def test_of_socks5(self) -> None:
        self.asked_through("socks5")

    def test_that_refuses_is_told_and_passes(self) -> None:
        proxy = ScriptedProxy("http", lambda connection, password: connection.send(
            b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n"))
        self.addCleanup(proxy.close)
        file = self.installation.secret_file("upstreams/proxy.password", PROXY_PASSWORD.text)
        self.upstream(oauth=self.application(), via=proxy.url, via_user="erp",
                      via_password_file=Path(file).name, connect_timeout="1s")
        self.installation.start()
        self.refuses(454, "407 Who are you", "via_user")
        self.assertEqual(self.provider.asked, [])


class ATokenCommand(LoginTest):
    def command(self, script: str, **settings: object) -> ScriptedUpstream:
        self.installation.secret_file("token", TOKEN.text + "\n")
        return self.upstream(oauth={"token_command": ["sh", "-c", script]}, **settings)

    def test_gives_the_token_that_it_prints(self) -> None:
        server = self.command("echo run >> runs; cat token")
        self.installation.start()
        for _ in range(3):
            self.accepts()
        self.assertEqual({login.secret for login in server.logins}, {TOKEN.text})
        self.assertEqual((self.installation.folder / "runs").read_text(), "run\n",
                         "it is asked when a token is wanted, and not for each message")

    def test_gives_a_token_with_an_end(self) -> None:
        """Of a token that lives for a moment there is soon another."""
        server = self.command("echo run >> runs; "
                              """printf '{"access_token":"%s","expires_in":1}' "$(cat token)" """,
                              idle_close="1s")
        self.installation.start()
        self.accepts()
        self.assertEqual({login.secret for login in server.logins}, {TOKEN.text})

    def test_that_fails_is_told_once_and_tried_again(self) -> None:
        server = self.command("echo complaint >&2; test -e mended && cat token",
                              connect_timeout="1s")
        self.installation.start()
        for _ in range(3):
            self.refuses(454, "status 1")
        self.assertEqual(self.loud_lines(), 1)
        self.assertNotIn("complaint", self.installation.written())
        (self.installation.folder / "mended").touch()
        wait_until(lambda: self.installation.send("mail").believes_it_is_sent,
                   "it is tried again", 60)
        self.assertEqual({login.secret for login in server.logins}, {TOKEN.text})

    def test_that_does_not_end_does_not_hold_up_the_stop(self) -> None:
        self.command("exec sleep 1000", connect_timeout="1s")
        self.installation.start()
        self.refuses(454)
        self.installation.stop(seconds=15)


class AnAppPassword(LoginTest):
    def test_of_googles_may_be_pasted_as_it_is_shown(self) -> None:
        for given in (b"abcd efgh ijkl mnop\n", "abcd\u00a0efgh\u00a0ijkl\u00a0mnop".encode()):
            with self.subTest(given):
                self.installation.run("secret", "set", "gmail", given=given)
                if not self.installation.ports:
                    self.server = self.upstream(secret="gmail", idle_close="1s")
                    self.installation.start()
                self.accepts()
                self.assertEqual(self.server.logins[-1].secret, "abcdefghijklmnop")


class Prx4(LoginTest):
    WORDS = "Temporary server error. Please try again later. PRX4 [AM0PR01CA0123.example]"

    def test_after_a_token_is_a_fault_that_wants_a_person(self) -> None:
        server = self.upstream(says(f"451 4.7.0 {self.WORDS}"), self.application())
        self.installation.start()
        for _ in range(3):
            self.refuses(554, self.WORDS, "In spite of its 4xx this lasts")
        self.assertEqual(len(server.logins), 1, "it is not tried again at once")
        self.assertEqual(len(self.provider.asked), 1, "another token is of no use")

    def test_after_a_password_passes(self) -> None:
        self.installation.set_secret("password", PASSWORD.text)
        self.upstream(says(f"451 4.7.0 {self.WORDS}"), secret="password")
        self.installation.start()
        self.refuses(454, self.WORDS)


class ALocalUser(LoginTest):
    def test_stands_in_the_record(self) -> None:
        self.installation.set_secret("password", PASSWORD.text)
        self.installation.run("secret", "user", "add", "scanner", given=b"paper jam")
        self.upstream(secret="password", listener={"auth": "required"})
        self.installation.start()
        self.accepts(Login("PLAIN", "scanner", "paper jam"))
        self.installation.stop()
        self.assertRegex(self.installation.log(), r"(?m)^.* message .* client_user=scanner from=")


class ALockFile(LoginTest):
    """The one beside the vault may be there already, and not be for truerelay to write to."""

    def test_that_is_read_only_keeps_nobody_from_sending_or_stopping(self) -> None:
        self.installation.set_secret("password", PASSWORD.text)
        self.upstream(oauth=self.application() | {"refresh_token": "login",
                                                  "device_endpoint": self.provider.url("device")})
        self.installation.set_secret("login", TOKEN.text, "--kind", "refresh_token")
        self.installation.start()
        self.accepts()
        self.installation.stop()
        locks = list(self.installation.folder.glob("truerelay.vault*.lock"))
        self.assertTrue(locks)
        for mode in (0o444, 0o400):
            for lock in locks:
                lock.chmod(mode)
            self.installation.start()
            self.accepts()
            self.installation.stop(seconds=15)
            self.installation.set_secret("password", PASSWORD.text)


# A program that a sanitizer watches takes the locking of memory for done, and does not do it.
locks_memory = b"__sanitizer_" not in Path(
    shutil.which(os.environ.get("TRUERELAY", "")) or os.devnull).read_bytes()


class Memory(LoginTest):
    """What is kept of a token while nothing happens lies in locked pages; where the system locks
    none, everything goes on."""

    def start_and_send(self, **limits: int) -> Path:
        self.upstream(oauth=self.application())
        self.installation.start(**limits)
        self.accepts()
        assert self.installation.process is not None
        return Path("/proc") / str(self.installation.process.pid)

    @unittest.skipUnless(locks_memory, "a sanitizer keeps the program from locking memory")
    def test_that_is_locked(self) -> None:
        proc = self.start_and_send()
        self.assertRegex((proc / "status").read_text(), r"VmLck:\s+[1-9]\d* kB")

    def test_that_cannot_be_locked(self) -> None:
        proc = self.start_and_send(memlock=0)
        self.assertRegex((proc / "status").read_text(), r"VmLck:\s+0 kB")
        self.accepts()
        self.installation.stop()

    @unittest.skipUnless(locks_memory, "a sanitizer keeps the program from locking memory")
    @unittest.skipUnless(os.geteuid() == 0, "only root may read the memory of a process that may "
                                            "not be dumped")
    def test_holds_what_is_kept_in_locked_pages_alone(self) -> None:
        proc = self.start_and_send()
        search = re.compile(re.escape(TOKEN.core) + b"|" + re.escape(SECRET.core))
        locked, elsewhere = 0, []
        for begin, end, flags in _readable(proc):
            with (proc / "mem").open("rb", buffering=0) as memory:
                memory.seek(begin)
                found = len(search.findall(memory.read(end - begin)))
            if {"lo", "dd"} <= flags:  # Locked, and left out of core files.
                locked += found
            elif found:
                elsewhere.append(f"{begin:x}: {found}")
        self.assertGreater(locked, 0)
        self.assertEqual(elsewhere, [])


def _readable(proc: Path):
    """Where a process may read, and the flags of those pages (proc(5))."""
    begin = end = 0
    readable = False
    for line in (proc / "smaps").read_text().splitlines():
        if place := re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+)", line):
            begin, end = int(place[1], 16), int(place[2], 16)
            readable = place[3].startswith("rw")
        elif line.startswith("VmFlags:") and readable:
            yield begin, end, set(line.split()[1:])


del LoginTest  # What is inherited from is not itself a test.

if __name__ == "__main__":
    unittest.main()
