"""Known secrets are planted wherever there is a place for one, everything goes wrong that can, at
the most verbose level, and nothing that was written or said to anybody holds any of them.

What the search looks through is the log in both formats, the output of the service and of every
command, every reply to a client, and every file but those that are there to hold a secret. There is
no transcript of conversations yet; when there is, it belongs here."""

import base64
import concurrent.futures
import contextlib
import os
import re
import subprocess
import tempfile
import unittest
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

import scripted_proxy
import scripted_upstream
from canaries import Canary, Search, canary, forms, key_canary
from certificates import Authority, Kind
from clients import Login
from installation import Installation
from inventory import Inventory
from peer import server_context
from scripted_provider import FAULTS, Asked, ScriptedProvider
from scripted_proxy import ScriptedProxy
from scripted_upstream import ScriptedUpstream, says, takes_it

PLANTED = canary("one that is written down by intent")
USER = "erp@example.test"

directory = tempfile.TemporaryDirectory(prefix="truerelay-canaries-")


def setUpModule() -> None:
    global authority, inventory, tls
    authority = Authority(Path(directory.name) / "authority")
    valid = authority.certificates[Kind.VALID]
    tls = server_context(str(valid.chain), str(valid.key))
    inventory = Inventory(Path(directory.name))


def tearDownModule() -> None:
    directory.cleanup()


class World:
    """An installation with every kind of upstream, and its peers."""

    def __init__(self, test: unittest.TestCase, log_format: str):
        self.installation = Installation(log_format)
        test.addCleanup(self.installation.close)
        self.provider = ScriptedProvider(tls, self.good)
        test.addCleanup(self.provider.close)
        self.upstreams: dict[str, ScriptedUpstream] = {}
        self.proxies: dict[str, ScriptedProxy] = {}
        self.refused: list[str] = []   # The upstreams at which a client has to hear a refusal,
        self.accepted: list[str] = []  # and those at which it has not.
        self._test = test
        self._ca = "ca.pem"
        (self.installation.folder / "upstreams" / self._ca).write_text(authority.file.read_text())

    @staticmethod
    def good(asked: Asked) -> dict[str, object]:
        if asked.path.startswith("device"):
            return {"device_code": inventory.device_code.text, "user_code": "ABCD-EFGH",
                    "verification_uri": "https://login.example/device", "interval": 1,
                    "expires_in": 3}
        granted: dict[str, object] = {
            "access_token": inventory.access_token.text, "token_type": "Bearer",
            "expires_in": 3600}
        if "refresh_token" in asked.form or "code" in asked.form or "device_code" in asked.form:
            granted["refresh_token"] = inventory.next_refresh_token.text
        return granted

    def server(self, name: str, script: scripted_upstream.Script) -> ScriptedUpstream:
        if name not in self.upstreams:
            self.upstreams[name] = ScriptedUpstream(tls, script)
            self._test.addCleanup(self.upstreams[name].close)
        return self.upstreams[name]

    def proxy(self, scheme: str, answer: scripted_proxy.Script | None) -> ScriptedProxy:
        proxy = ScriptedProxy(scheme, answer)
        self._test.addCleanup(proxy.close)
        self.proxies[proxy.url] = proxy
        return proxy

    def add(self, name: str, works: bool | None, script: scripted_upstream.Script = takes_it,
            oauth: dict | None = None, listener: dict | None = None, **settings: object) -> None:
        """Whether mail gets through without a login; None where that is not to be seen here."""
        server = self.server("good" if script is takes_it else name, script)
        self.installation.upstream(
            name, {"host": "127.0.0.1", "port": server.port, "tls": "implicit",
                   "ca_file": self._ca, "connect_timeout": "1s", "patience": "2s",
                   **({} if settings.get("auth") == "passthrough" else {"user": USER}),
                   **settings}, oauth, **(listener or {}))
        if works is not None:
            (self.accepted if works else self.refused).append(name)

    # The parts of the matrix.

    def passwords(self) -> None:
        in_file = self.installation.secret_file("upstreams/in-file.password",
                                                inventory.password_in_file.text + "\n")
        for kind, key in (("vault", {"secret": "password"}),
                          ("file", {"password_file": Path(in_file).name})):
            self.add(f"{kind}-good", True, **key)
            for mechanism in ("plain", "login"):
                for fault, script in scripted_upstream.REFUSALS.items():
                    self.add(f"{kind}-{mechanism}-{fault}", False, script, auth=mechanism, **key)
        self.add("missing", False, secret="there-is-no-such")
        mutual = self.installation.secret_file("upstreams/mutual.pem",
                                               inventory.mutual.key.read_text()
                                               + inventory.mutual.certificate.read_text())
        self.add("mutual", True, secret="password", client_certificate=Path(mutual).name)

    def clients(self) -> None:
        """Those who log in here, and those who log in upstream as themselves."""
        self.add("users", None, secret="password", listener={"auth": "required"})
        self.add("passthrough-good", None, auth="passthrough")
        for fault, script in scripted_upstream.REFUSALS.items():
            self.add(f"passthrough-{fault}", None, script, auth="passthrough")

    def tokens(self) -> None:
        self.installation.secret_file(
            "upstreams/application.pem",
            inventory.application.key.read_text() + inventory.application.certificate.read_text())
        application = {"client_id": "app", "scope": "mail"}
        ways = {
            "secret": application | {"client_secret": "client-secret"},
            "vault-certificate": application | {"certificate": "certificate"},
            "file-certificate": application | {"certificate_file": "application.pem",
                                               "algorithm": "PS256"},
            "login": {"client_id": "app", "client_secret": "client-secret"},
            "account": {"service_account": "service-account", "scope": "mail"}}
        for way, oauth in ways.items():
            for fault in ["good", *FAULTS]:
                name = f"{way}-{fault}"
                more = {"refresh_token": name} if way == "login" else {}
                self.add(name, fault in ("good", "odd-lifetime"), oauth=oauth | more | {
                    "token_endpoint": self.provider.url(f"{fault}/{way}"), "ca_file": self._ca})
        for fault, script in scripted_upstream.REFUSALS.items():
            self.add(f"token-{fault}", False, script, oauth=ways["secret"] | {
                "token_endpoint": self.provider.url("good"), "ca_file": self._ca})

    def proxies_on_the_way(self) -> None:
        file = self.installation.secret_file("upstreams/proxy.password",
                                             inventory.proxy_password.text)
        refusals = {(scheme, "good"): None for scheme in ("http", "socks5")}
        for (scheme, fault), answer in (refusals | scripted_proxy.REFUSALS).items():
            via = {"via": self.proxy(scheme, answer).url, "via_user": "erp",
                   "via_password_file": Path(file).name}
            self.add(f"{scheme}-{fault}", answer is None, secret="password", **via)
            self.add(f"{scheme}-token-{fault}", answer is None, **via, oauth={
                "client_id": "app", "scope": "mail", "client_secret": "client-secret",
                "token_endpoint": self.provider.url("good"), "ca_file": self._ca})

    def commands(self) -> None:
        printed, complaint = inventory.printed.text, inventory.complaint.text
        # Its arguments are the administrator's and no secrets: it reads those from files.
        self.installation.secret_file("printed", printed)
        self.installation.secret_file("complaint", complaint)
        complain = "cat complaint >&2;"
        for name, works, script in (
                ("good", True, "cat printed"),
                ("json", True, 'printf \'{"access_token":"%s"}\' "$(cat printed)"'),
                ("complains", True, "cat printed"),
                ("fails", False, "cat printed; exit 1"),
                ("is-killed", False, "cat printed; kill -9 $$"),
                ("prints-two-lines", False, "cat printed; echo; cat printed"),
                ("prints-octets", False, "cat printed; printf '\\001'"),
                ("prints-too-much", False, "while :; do cat printed; done"),
                ("prints-a-refusal", False,
                 'printf \'{"error":"%s","access_token":"%s"}\' "$(cat printed)" "$(cat printed)"'),
                ("never-ends", False, "cat printed; exec sleep 1000")):
            self.add(f"command-{name}", works,
                     oauth={"token_command": ["sh", "-c", f"{complain} {script}"]})

    def secrets(self) -> None:
        put = self.installation.set_secret
        self.installation.run("secret", "init")
        put("password", inventory.password.text)
        put("client-secret", inventory.client_secret.text, "--kind", "client_secret")
        put("certificate", inventory.application.key.read_text()
            + inventory.application.certificate.read_text(), "--kind", "certificate")
        put("service-account", inventory.service_account(self.provider.url("good")),
            "--kind", "service_account")
        for name in self.installation.ports:
            if name.startswith("login-"):
                put(name, inventory.refresh_token.text, "--kind", "refresh_token")
        self.installation.run("secret", "user", "add", "erp",
                              given=inventory.user_password.text.encode())
        self.installation.run("secret", "list")

    def everything(self) -> None:
        for part in (self.passwords, self.clients, self.tokens, self.proxies_on_the_way,
                     self.commands):
            part()
        self.add("planted", False, says(f"535 5.7.8 {PLANTED.text}"), secret="password")
        self.secrets()

    # What happens.

    def mail_is_sent(self) -> None:
        """To every upstream, by many clients at once; each hears what is due to it."""
        with concurrent.futures.ThreadPoolExecutor(48) as pool:
            for name, heard in zip(self.refused, pool.map(self.installation.send, self.refused)):
                self._test.assertFalse(heard.believes_it_is_sent, f"{name}\n{heard}")
                self._test.assertIsNotNone(heard.first_refusal(), f"{name}\n{heard}")
            for name, heard in zip(self.accepted, pool.map(self.installation.send, self.accepted)):
                self._test.assertTrue(heard.believes_it_is_sent,
                                      f"{name}\n{heard}\n{self.installation.written()[-3000:]}")
            logins = [("users", Login(mechanism, "erp", secret.text))
                      for secret in (inventory.user_password, inventory.guess)
                      for mechanism in ("PLAIN", "LOGIN")]
            logins += [(name, Login(mechanism, "erp", inventory.client_password.text))
                       for name in self.installation.ports if name.startswith("passthrough-")
                       for mechanism in ("PLAIN", "LOGIN")]
            list(pool.map(lambda each: self.installation.send(*each), logins))

    # What came of it.

    def canaries(self) -> list[Canary]:
        """Those that were planted, and the secrets that truerelay has made by itself."""
        made = [Canary(name, asked.form[name], asked.form[name][-40:].encode())
                for asked in self.provider.asked
                for name in ("client_assertion", "assertion", "code_verifier")
                if name in asked.form]
        return [*inventory.all(), *made, *keys_of_the_vault(self.installation)]

    def found(self, canaries: list[Canary]) -> list[str]:
        search = Search(canaries)
        return [each for where, text in self.installation.everything()
                for each in search.in_text(text, where)]


def keys_of_the_vault(installation: Installation) -> list[Canary]:
    file = installation.folder / "truerelay.key"
    if not file.exists():
        return []
    return [key_canary("key of the vault", f"-\n{line}\n-")
            for line in file.read_text().splitlines()]


class Forms(unittest.TestCase):
    """A search that finds nothing must be one that could."""

    def test_every_form_is_found_wherever_it_stands(self) -> None:
        core = bytes(range(0x68, 0x8C)) + b"\xfb\xef\xbe"
        self.assertGreater(len(set(forms(core).values())), 10)
        search = Search([Canary("an octet string", "", core)])
        for form, text in forms(core).items():
            for before in (b"", b"x", b"\xff\x00", b"AUTH PLAIN "):
                found = search.in_text(before + text + b"=", "a text")
                self.assertTrue(any(f", {form}, in a text" in each for each in found)
                                or len(found) == 1, (form, found))

    def test_what_stands_around_it_in_base64_makes_no_difference(self) -> None:
        search = Search(inventory.all())
        for each in inventory.all():
            for before in ("", "a", "ab", "abc", "user=erp\x01auth=Bearer "):
                for encode in (base64.b64encode, base64.urlsafe_b64encode):
                    text = encode(before.encode() + each.core + b"\x01\x01")
                    self.assertTrue(search.in_text(text, "it"), (each.name, before))

    def test_each_canary_is_found_as_it_is_planted(self) -> None:
        for each in inventory.all():
            found = Search([each]).in_text(each.text.encode(), "it")
            self.assertTrue(found, each.name)

    def test_another_text_is_none(self) -> None:
        self.assertEqual(Search(inventory.all()).in_text(os.urandom(1 << 20), "noise"), [])


class TheService(unittest.TestCase):
    def test_writes_no_secret_into_a_log_of_text(self) -> None:
        self.keeps_its_secrets("text")

    def test_writes_no_secret_into_a_log_of_json(self) -> None:
        self.keeps_its_secrets("json")

    def keeps_its_secrets(self, log_format: str) -> None:
        world = World(self, log_format)
        world.everything()
        installation = world.installation
        installation.start()
        world.mail_is_sent()
        self.the_process_shows_nothing(installation)
        world.provider.patience.set()
        installation.stop()
        self.each_came_where_it_belongs(world)

        self.assertEqual(world.found(world.canaries()), [])
        # The same search of the same texts finds what an upstream says and one is told by intent.
        found = "\n".join(world.found([PLANTED]))
        for place in ("truerelay.log", "what the client of planted heard"):
            self.assertIn(f"in {place}", found)

    def the_process_shows_nothing(self, installation: Installation) -> None:
        assert installation.process is not None
        proc = Path("/proc") / str(installation.process.pid)
        search = Search([*inventory.all(), *keys_of_the_vault(installation)])
        for name in ("cmdline", "environ", "comm"):
            if name != "environ" or os.geteuid() == 0:
                self.assertEqual(search.in_text((proc / name).read_bytes(), name), [])
        # What a process that may not be dumped has in /proc belongs to root (proc(5)).
        self.assertNotEqual(int((proc / "status").read_text().split("Uid:")[1].split()[0]), 0)
        self.assertEqual((proc / "mem").stat().st_uid, 0)
        self.assertRegex((proc / "limits").read_text(), r"Max core file size +0 +0")

    def each_came_where_it_belongs(self, world: World) -> None:
        """So that what was searched for was there to be written down; and nobody else heard it."""
        upstreams = b"".join(each.told() for each in world.upstreams.values())
        proxies = b"".join(each.told() for each in world.proxies.values())
        provider = world.provider.told()
        peers = {"an upstream": upstreams, "a proxy": proxies, "the provider": provider}
        belong = {
            "an upstream": [inventory.password, inventory.password_in_file, inventory.access_token,
                            inventory.client_password, inventory.printed],
            "a proxy": [inventory.proxy_password],
            "the provider": [inventory.client_secret, inventory.refresh_token,
                             inventory.next_refresh_token, inventory.key_id]}
        for peer, told in peers.items():
            for each in inventory.all():
                came = bool(Search([each]).in_text(told, peer))
                self.assertEqual(came, each in belong[peer], f"{each.name}, at {peer}")
        ways = {asked.path.partition("/")[2] for asked in world.provider.asked}
        self.assertLessEqual({"secret", "vault-certificate", "file-certificate", "login",
                              "account"}, ways)
        self.assertEqual({asked.path for asked in world.provider.asked} & {"elsewhere"}, set())


class TheCommands(unittest.TestCase):
    """Every one of them says what is wrong, and no secret."""

    def setUp(self) -> None:
        self.world = World(self, "text")
        self.installation = self.world.installation

    def tearDown(self) -> None:
        self.assertEqual(self.world.found(self.world.canaries()), [])

    def all_at_once(self, names: list[str], run: Callable[[str], object]) -> None:
        self.installation.write()
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            list(pool.map(run, names))

    def test_check_and_probe(self) -> None:
        self.world.passwords()
        self.world.tokens()
        self.world.proxies_on_the_way()
        self.world.secrets()
        self.installation.run("check")
        names = [name for name in self.world.refused
                 if re.match("vault-plain-|secret-|login-words|token-|http-|socks5-", name)]
        self.assertGreater(len(names), 60)
        self.all_at_once(names, lambda name: self.installation.run("probe", name, status=1))
        self.installation.run("probe", "secret-good")
        self.installation.run("probe", "vault-good")

    def test_a_vault_that_cannot_be_opened(self) -> None:
        self.world.add("mail", False, secret="password")
        self.world.add("person", None, oauth=self.person("good"))
        self.world.secrets()
        vault = self.installation.folder / "truerelay.vault"
        key = self.installation.folder / "truerelay.key"
        whole, right = vault.read_bytes(), key.read_text()
        other = base64.b64encode(bytes(range(32))).decode() + "\n"
        for octets, text in ((whole[:-1] + bytes([whole[-1] ^ 1]), right), (whole[:90], right),
                             (b"a foreign file", right), (whole, other), (whole, right[:20]),
                             (whole, "not base64, but " + inventory.passphrase.text)):
            vault.write_bytes(octets)
            key.write_text(text)
            for command in (("secret", "list"), ("secret", "set", "password"),
                            ("secret", "remove", "password"), ("secret", "rotate-key"),
                            ("secret", "user", "add", "erp"), ("probe", "mail"),
                            ("login", "person")):
                self.installation.run(*command, given=inventory.password.text.encode(), status=1)
            self.installation.run("check")
        key.write_text(right)

    def test_a_passphrase(self) -> None:
        words = self.installation.secret_file("words", inventory.passphrase.text + "\n")
        wrong = self.installation.secret_file("wrong", inventory.guess.text + "\n")
        self.installation.vault(passphrase_file=words)
        self.world.add("mail", False, secret="password", script=says("535 5.7.8 No"))
        self.installation.run("secret", "init")
        self.installation.set_secret("password", inventory.password.text)
        self.installation.run("probe", "mail", status=1)
        for command in (("secret", "list"), ("probe", "mail")):
            said = self.installation.run(*command, "--passphrase-file", wrong, status=1)
            self.assertIn("passphrase", said)
        self.installation.vault(passphrase_file=wrong)
        self.installation.start()
        self.assertFalse(self.installation.send("mail").believes_it_is_sent)
        self.installation.stop()

    def test_slips_of_the_pen(self) -> None:
        self.installation.run("secret", "init")
        given = inventory.password.text.encode()
        for words in (("set", "a b"), ("set", "a", "--kind", "pasword"), ("set",),
                      ("set", "a", "--expires", "tomorrow")):
            self.installation.run("secret", *words, given=given, status=2)
        for kind in ("private_key", "service_account", "certificate", "refresh_token"):
            self.installation.run("secret", "set", kind, "--kind", kind, given=given)
        self.installation.run("secret", "user", "add", "erp", given=given + b"\x01", status=1)
        self.installation.run("secret", "list")

    # A person logs in.

    def person(self, fault: str) -> dict[str, object]:
        url = self.world.provider.url
        return {"client_id": "app", "client_secret": "client-secret", "ca_file": "ca.pem",
                "token_endpoint": url(f"{fault}/person"), "device_endpoint": url("device"),
                "authorization_endpoint": url("authorize"), "refresh_token": "login"}

    # Of a silent provider the command hears for 30 seconds.
    FAULTS = [fault for fault in FAULTS if fault != "silence"]

    def test_login_with_a_device_code(self) -> None:
        for fault in ["good", *self.FAULTS]:
            self.world.add(fault, None, oauth=self.person(fault))
        for fault in self.FAULTS:
            self.world.add(f"device-{fault}", None, oauth=self.person("good") | {
                "device_endpoint": self.world.provider.url(f"{fault}/device")})
        self.world.secrets()
        self.all_at_once([name for name in self.installation.ports if name != "good"],
                         lambda name: self.installation.run("login", name, status=None))
        self.assertIn("Logged in", self.installation.run("login", "good"))
        self.each_was_sent("device_code", inventory.device_code)

    def test_login_in_a_browser(self) -> None:
        for fault in ["good", *self.FAULTS]:
            self.world.add(fault, None, oauth=self.person(fault))
        self.world.secrets()
        self.all_at_once(list(self.installation.ports), self.in_a_browser)
        self.all_at_once(["good", "words", "500"], self.with_a_pasted_address)
        self.each_was_sent("code", inventory.code)

    def each_was_sent(self, field: str, wanted: Canary) -> None:
        sent = [asked.form[field] for asked in self.world.provider.asked if field in asked.form]
        self.assertGreater(len(sent), 20)
        self.assertEqual(set(sent), {wanted.text})

    def begin(self, name: str) -> tuple["subprocess.Popen[bytes]", bytes, str, str]:
        """The command, what it has said, and where it wants the browser to come back with which
        state."""
        command = self.installation.start_command("login", name, "--browser")
        said = b""
        while not (url := re.search(rb"https://\S+", said)):
            line = command.stdout.readline()
            self.assertTrue(line, said)
            said += line
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url[0].decode()).query))
        return command, said, query["redirect_uri"], query["state"]

    def end(self, name: str, command: "subprocess.Popen[bytes]", said: bytes,
            given: bytes = b"") -> None:
        rest, _ = command.communicate(given, timeout=60)
        self.installation.ended(command, said + rest, f"login {name} --browser",
                                0 if name == "good" else None)

    def in_a_browser(self, name: str) -> None:
        command, said, address, state = self.begin(name)
        for query in ({"code": inventory.code.text, "state": "another"},
                      {"code": inventory.code.text}, {},
                      {"code": inventory.code.text, "state": state}):
            with contextlib.suppress(urllib.error.HTTPError):
                page = urllib.request.urlopen(f"{address}?{urllib.parse.urlencode(query)}",
                                              timeout=10)
                self.installation.said.append(("the browser", page.read()))
        self.end(name, command, said)

    def with_a_pasted_address(self, name: str) -> None:
        command, said, address, state = self.begin(name)
        code = inventory.code.text
        self.end(name, command, said,
                 f"{code}\n{address}?code={code}\n{address}?code={code}&state=another\n"
                 f"{address}?code={code}&state={state}\n".encode())


if __name__ == "__main__":
    unittest.main()
