"""One upstream and one relay in front of it, for all tests of a module.

The relay has a listener for each thing that can be different upstream, so that it need not be
restarted between tests, and so that trouble with one upstream must not touch the others."""

import enum

from certificates import Kind
from relay import Relay, Settings, write_secret
from upstream import PASSWORD, USER, WRONG_PASSWORD, Tls, Upstream
from workplace import LOOPBACK, PeerError, free_port


class By(enum.Enum):
    """The relay's listeners, by what is the matter with their upstream."""
    LOGIN = "login"                    # Nothing: the relay logs in for its clients.
    WRONG_PASSWORD = "wrong-password"
    WRONG_NAME = "wrong-name"          # Its certificate is another host's.
    EXPIRED = "expired"                # Its certificate is too old.
    NOBODY = "nobody"                  # Nothing listens on its port.
    PASSTHROUGH = "passthrough"        # Nothing: clients log in themselves.


class Stage:
    def __init__(self, upstream: type[Upstream], tls: Tls):
        self._upstream_type = upstream
        self.tls = tls
        self.upstream: Upstream
        self.relay: Relay

    def open(self) -> None:
        self.upstream = self._upstream_type()
        try:
            self.relay = Relay(self._settings())
        except BaseException:
            self.upstream.close()
            raise

    def close(self) -> None:
        """Ends both, and has the last word: nobody's mailbox may hold what no test was told of."""
        try:
            self.relay.end()
            self.upstream.wait_until_idle()
            if surprise := self.upstream.mailboxes.unexpected():
                raise PeerError(f"delivered although it was never told accepted: {surprise}\n"
                                f"{self.upstream.log()}")
        finally:
            self.relay.close()
            self.upstream.close()

    def port(self, by: By) -> int:
        return self.relay.ports[by.value]

    def _settings(self) -> dict[str, Settings]:
        directory = self.upstream.directory
        right = write_secret(directory / "password", PASSWORD)
        wrong = write_secret(directory / "wrong-password", WRONG_PASSWORD)
        base: Settings = {
            "host": LOOPBACK, "port": self.upstream.port(self.tls), "tls": self.tls.value,
            "ca_file": str(self.upstream.authority.file), "connect_timeout": "15s",
            "reply_timeout": "30s"}
        login: Settings = base | {"auth": "auto", "user": USER, "password_file": str(right)}
        settings = {
            By.LOGIN: login,
            By.WRONG_PASSWORD: login | {"password_file": str(wrong)},
            By.WRONG_NAME: login | {"port": self.upstream.port(self.tls, Kind.WRONG_NAME)},
            By.EXPIRED: login | {"port": self.upstream.port(self.tls, Kind.EXPIRED)},
            By.NOBODY: login | {"port": free_port()},
            By.PASSTHROUGH: base | {"auth": "passthrough"},
        }
        return {by.value: each for by, each in settings.items()}
