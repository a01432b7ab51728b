"""truerelay's HTTP client against Python's http.server over TLS, straight and through proxies."""

import contextlib
import http.server
import os
import ssl
import subprocess
import threading
import time
import unittest

from certificates import Authority, Kind
from proxies import microsocks, tinyproxy
from workplace import LOOPBACK, make_directory, remove_directory


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(200, f"{self.path} {self.headers['Host']} ".encode() + body)

    def do_GET(self) -> None:
        if self.path == "/chunked":
            self._chunked([b"one ", b"two ", b"three"])
        elif self.path == "/to-the-end":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"until the end")
            self.close_connection = True
        elif self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "/chunked")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.path == "/endless":
            self._chunked(b"x" * 1000 for _ in iter(int, 1))
        elif self.path == "/slow":
            self._chunked(self._slowly())
        else:
            self._answer(404, b"<html>nothing here</html>")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _chunked(self, chunks) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        with contextlib.suppress(OSError):  # The client has had enough.
            for chunk in chunks:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
            self.wfile.write(b"0\r\n\r\n")

    @staticmethod
    def _slowly():
        for _ in range(60):
            yield b"x"
            time.sleep(0.2)

    def log_message(self, *arguments) -> None:
        pass


class QuietServer(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address) -> None:
        pass


class HttpClient(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.directory = make_directory()
        cls.addClassCleanup(remove_directory, cls.directory)
        cls.authority = Authority(cls.directory / "certificates")
        cls.port = cls._serve(Kind.VALID)
        cls.expired = cls._serve(Kind.EXPIRED)
        cls.misnamed = cls._serve(Kind.WRONG_NAME)

    @classmethod
    def _serve(cls, kind: Kind) -> int:
        server = QuietServer((LOOPBACK, 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate = cls.authority.certificates[kind]
        context.load_cert_chain(certificate.chain, certificate.key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        cls.addClassCleanup(server.server_close)
        cls.addClassCleanup(server.shutdown)
        return server.server_address[1]

    def fetch(self, path: str, body: bytes = b"", port: int = 0,
              via: str = "") -> tuple[str, bytes]:
        """The status and the body, or "failed" and why."""
        url = f"https://localhost:{port or self.port}{path}"
        command = [os.environ["FETCH"], str(self.authority.file), url, *([via] if via else [])]
        done = subprocess.run(command, input=body, capture_output=True, timeout=60)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        if done.returncode == 1:
            return "failed", done.stdout
        status, _, answer = done.stdout.partition(b"\n")
        return status.decode(), answer

    def test_posts_and_hears_the_answer(self):
        self.assertEqual(self.fetch("/token?a=b", b"grant_type=x"),
                         ("200", b"/token?a=b localhost:%d grant_type=x" % self.port))

    def test_takes_chunks_and_bodies_without_a_length(self):
        self.assertEqual(self.fetch("/chunked"), ("200", b"one two three"))
        self.assertEqual(self.fetch("/to-the-end"), ("200", b"until the end"))

    def test_follows_no_redirect_and_gives_errors_back(self):
        self.assertEqual(self.fetch("/redirect"), ("302", b""))
        self.assertEqual(self.fetch("/other"), ("404", b"<html>nothing here</html>"))

    def test_ends_what_is_endless_or_slow(self):
        self.assertEqual(self.fetch("/endless"), (
            "failed", b"the answer of localhost port %d cannot be used: its body is longer than "
                      b"65536 octets\n" % self.port))
        self.assertEqual(self.fetch("/slow"), (
            "failed", b"localhost port %d gave no complete answer in time\n" % self.port))

    def test_trusts_no_wrong_certificate(self):
        for port, words in ((self.expired, b"expired"), (self.misnamed, b"mx.elsewhere.test")):
            status, why = self.fetch("/token", b"secret=canary", port)
            self.assertEqual(status, "failed")
            self.assertIn(words, why)
            self.assertNotIn(b"canary", why)

    def test_goes_through_proxies(self):
        for proxy in (tinyproxy(self.directory, [self.port]), microsocks(self.directory)):
            with contextlib.closing(proxy), self.subTest(proxy.url):
                self.assertEqual(self.fetch("/token", b"a=b", via=proxy.url)[0], "200")
                self.assertEqual(self.fetch("/chunked", via=proxy.url), ("200", b"one two three"))


if __name__ == "__main__":
    unittest.main()
