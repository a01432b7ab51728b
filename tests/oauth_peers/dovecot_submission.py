"""Dovecot's submission service: takes mail from whoever shows a good token, with OAUTHBEARER or
XOAUTH2, and hands it over to the sink at once, saying who has logged in.

What a token is worth it either asks the provider (RFC 7662), or finds out by itself: a JWT with a
good signature is good."""

import enum
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from certificates import Authority, Kind
from provider import MAIL_SERVER, MAIL_SERVER_SECRET, Provider
from server import MailServer
from workplace import LOOPBACK, free_port


class Validation(enum.Enum):
    INTROSPECTION = "introspection"
    LOCAL = "local"


_CONFIGURATION = """
protocols = submission
base_dir = {directory}/run
state_dir = {directory}/state
log_path = {directory}/dovecot.log
auth_verbose = yes
listen = 127.0.0.1
ssl = required
ssl_cert = <{certificate.chain}
ssl_key = <{certificate.key}
auth_mechanisms = oauthbearer xoauth2
auth_failure_delay = 0
hostname = submission.example.test
mail_location = maildir:~/mail
submission_relay_host = 127.0.0.1
submission_relay_port = {sink}
# Tells the sink who has logged in.
submission_relay_trusted = yes
passdb {{
  driver = oauth2
  mechanisms = oauthbearer xoauth2
  args = {directory}/oauth2.conf
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={directory}/home
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service submission-login {{
  inet_listener submission {{
    port = {port}
  }}
}}
"""

_INTROSPECTION = """
introspection_mode = post
introspection_url = {url}
tls_ca_cert_file = {authority}
active_attribute = active
active_value = true
username_attribute = mailbox
"""

_LOCAL = """
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={keys}/
issuers = {issuer}
username_attribute = mailbox
"""


class DovecotSubmission:
    def __init__(self, directory: Path, authority: Authority, provider: Provider, sink: int,
                 validation: Validation):
        directory.mkdir()
        for name in ("run", "state", "home"):
            (directory / name).mkdir()
        (directory / "home").chmod(0o777)
        self.authority = authority
        self.port = free_port()
        self._directory = directory
        self._configuration = directory / "dovecot.conf"
        self._configuration.write_text(_CONFIGURATION.format(
            directory=directory, certificate=authority.certificates[Kind.VALID], sink=sink,
            port=self.port))
        oauth2 = directory / "oauth2.conf"
        if validation is Validation.INTROSPECTION:
            oauth2.write_text(_INTROSPECTION.format(
                url=_with_login(provider.introspection_url), authority=authority.file))
        else:
            oauth2.write_text(_LOCAL.format(keys=provider.local_keys, issuer=provider.issuer))
        self._server: MailServer | None = None

    def start(self) -> None:
        self._server = MailServer(["dovecot", "-F", "-c", str(self._configuration)],
                                  self._directory / "output.log")
        self._server.wait_for_ports([self.port])

    def stop(self) -> None:
        if self._server is not None:
            self._server.end()
            self._server = None

    def log(self) -> str:
        return "".join(file.read_text(errors="replace")
                       for file in sorted(self._directory.glob("*.log")))


def _with_login(url: str) -> str:
    parts = urlsplit(url)
    login = f"{quote(MAIL_SERVER, safe='')}:{quote(MAIL_SERVER_SECRET, safe='')}"
    return urlunsplit(parts._replace(netloc=f"{login}@{parts.netloc}"))
