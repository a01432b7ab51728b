"""Dovecot as the SASL server of our Postfix: nothing but its auth service, on a socket."""

import os
import pwd
from pathlib import Path

from server import MailServer
from upstream import PASSWORD, USER

_CONFIGURATION = """
protocols =
base_dir = {directory}/run
state_dir = {directory}/state
log_path = {directory}/dovecot.log
ssl = no
auth_mechanisms = plain login
auth_failure_delay = 0
disable_plaintext_auth = no
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {directory}/users
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home=/nonexistent
}}
# No penalty either for the address that refused logins have come from.
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service auth {{
  unix_listener {socket} {{
    mode = 0660
    user = postfix
    group = postfix
  }}
}}
"""


class Dovecot:
    def __init__(self, directory: Path):
        directory.mkdir()
        self.socket = directory / "auth"
        for name in ("run", "state"):
            (directory / name).mkdir()
        users = directory / "users"
        users.touch(mode=0o640)
        users.chmod(0o640)
        os.chown(users, 0, pwd.getpwnam("dovecot").pw_gid)
        users.write_text(f"{USER}:{{PLAIN}}{PASSWORD}::::::\n")
        self._configuration = directory / "dovecot.conf"
        self._configuration.write_text(_CONFIGURATION.format(directory=directory,
                                                             socket=self.socket))
        self._directory = directory
        self._server: MailServer | None = None

    def start(self) -> None:
        self._server = MailServer(["dovecot", "-F", "-c", str(self._configuration)],
                                  self._directory / "output.log")
        self._server.wait_for(self.socket.is_socket, f"the socket {self.socket} appears")

    def stop(self) -> None:
        if self._server is not None:
            self._server.end()
            self._server = None

    def log(self) -> str:
        return "".join(file.read_text(errors="replace")
                       for file in sorted(self._directory.glob("*.log")))
