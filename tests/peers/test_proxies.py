"""truerelay behind a firewall: out through tinyproxy by HTTP CONNECT, and microsocks by SOCKS5."""

import contextlib
import os
import subprocess
import unittest

import sandbox
from clients import Smtplib
from proxies import PASSWORD, USER, Proxy, microsocks, tinyproxy
from relay import Relay, Settings, write_secret
from workplace import LOOPBACK, free_port, make_directory, remove_directory


class Stage:
    """One sandbox, four proxies, and a listener for each way through them."""

    def open(self) -> None:
        self._exits = contextlib.ExitStack()
        try:
            self._open()
        except BaseException:
            self._exits.close()
            raise

    def _open(self) -> None:
        directory = make_directory()
        self._exits.callback(remove_directory, directory)
        self.sandbox = sandbox.Sandbox(directory)
        self._exits.callback(self.sandbox.close)
        ports = [self.sandbox.starttls_port, self.sandbox.implicit_port]
        self.http = self._add(tinyproxy(directory, ports))
        self.http_login = self._add(tinyproxy(directory, ports, login=True))
        self.socks = self._add(microsocks(directory))
        self.socks_login = self._add(microsocks(directory, login=True))
        strict = self._add(tinyproxy(directory, [443]))
        login: Settings = {"via_user": USER, "via_password_file":
                           str(write_secret(directory / "proxy", PASSWORD))}
        wrong: Settings = {"via_user": USER, "via_password_file":
                           str(write_secret(directory / "wrong", "canary-wrong-password"))}
        implicit: Settings = {"tls": "implicit", "port": self.sandbox.implicit_port}
        base: Settings = {
            "host": "localhost", "port": self.sandbox.starttls_port, "tls": "starttls",
            "ca_file": str(self.sandbox.authority), "auth": "plain", "user": sandbox.USER,
            "password_file": str(write_secret(directory / "upstream", "canary-any")),
            "connect_timeout": "15s"}

        def via(proxy: Proxy, *more: Settings) -> Settings:
            settings = base | {"via": proxy.url}
            for each in more:
                settings |= each
            return settings

        self.relay = Relay({
            "http": via(self.http), "http-implicit": via(self.http, implicit),
            "http-login": via(self.http_login, login),
            "http-wrong-login": via(self.http_login, wrong),
            "http-no-login": via(self.http_login), "http-forbidden": via(strict),
            "socks": via(self.socks), "socks-implicit": via(self.socks, implicit),
            "socks-address": via(self.socks, {"host": LOOPBACK}),
            "socks-login": via(self.socks_login, login),
            "socks-wrong-login": via(self.socks_login, wrong),
            "socks-no-login": via(self.socks_login),
            "socks-nobody": via(self.socks, {"port": free_port()}),
            # tinyproxy waits for the end of the line.
            "http-as-socks": via(self.http, {"via": self.http.url.replace("http", "socks5"),
                                             "connect_timeout": "2s"}),
            "socks-as-http": via(self.socks, {"via": self.socks.url.replace("socks5", "http")}),
            "no-proxy": base | {"via": f"http://{LOOPBACK}:{free_port()}"},
        })
        self._exits.callback(self.relay.close)

    def _add(self, proxy: Proxy) -> Proxy:
        self._exits.callback(proxy.close)
        return proxy

    def close(self) -> None:
        with self._exits:
            self.relay.end()
            if "canary" in self.relay.log():
                raise AssertionError(f"a secret is in the log:\n{self.relay.log()}")

    def probe(self, upstream: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [os.environ["TRUERELAY"], "probe", upstream, "--config",
             str(self.relay.directory / "truerelay.toml")],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)


stage = Stage()
setUpModule = stage.open
tearDownModule = stage.close


def send(upstream: str, marker: str):
    message = f"Subject: {marker}\r\n\r\nThe body of {marker}.\r\n".encode()
    return Smtplib().send(stage.relay.ports[upstream], ["someone@example.net"], message)


class ThroughAProxy(unittest.TestCase):
    def test_messages_arrive(self):
        for upstream in ("http", "http-implicit", "http-login", "socks", "socks-implicit",
                         "socks-address", "socks-login"):
            with self.subTest(upstream):
                conversation = send(upstream, f"marker-{upstream}.")
                self.assertTrue(conversation.believes_it_is_sent, conversation)
                arrived = [each for each in stage.sandbox.messages()
                           if f"Subject: marker-{upstream}.".encode() in each]
                self.assertEqual(len(arrived), 1)

    def test_programs_hear_why_it_does_not_connect(self):
        expected = {
            "http-wrong-login": ["refused the login of \"via_user\"; it said: 401"],
            "http-no-login": ["wants a login", "\"via_user\" and \"via_password_file\"", "407"],
            "http-forbidden": ["refused to connect to localhost:", "it said: 403 "],
            "socks-wrong-login": ["refused the login of \"via_user\""],
            "socks-no-login": ["wants a login", "\"via_user\" and \"via_password_file\""],
            "socks-nobody": ["refused to connect to localhost:", "5 (connection refused)"],
            "http-as-socks": ["the proxy socks5://"],
            "socks-as-http": ["the proxy http://"],
            "no-proxy": ["there is no connection through the proxy http://"],
        }
        for upstream, words in expected.items():
            with self.subTest(upstream):
                conversation = send(upstream, f"lost-{upstream}.")
                refusal = conversation.first_refusal()
                self.assertIsNotNone(refusal, conversation)
                self.assertEqual(refusal.code, 451)
                for each in [*words, "4.4.1", f"Check \"via\" in upstreams/{upstream}.toml"]:
                    self.assertIn(each, refusal.text)
                self.assertNotIn("canary", str(conversation))
        self.assertFalse([each for each in stage.sandbox.messages() if b"lost-" in each])


class ProbeThroughAProxy(unittest.TestCase):
    def test_names_the_proxy(self):
        for upstream, proxy in (("http-login", stage.http_login), ("socks", stage.socks)):
            with self.subTest(upstream):
                done = stage.probe(upstream)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertIn(f"localhost port {stage.sandbox.starttls_port} via {proxy.url}",
                              done.stdout)
                self.assertRegex(done.stdout, rf"connect .* ms  localhost:\d+ via {LOOPBACK}:\d+")

    def test_says_which_step_fails_and_why(self):
        done = stage.probe("http-forbidden")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"proxy +failed")
        self.assertIn("it said: 403 ", done.stdout)


if __name__ == "__main__":
    unittest.main()
