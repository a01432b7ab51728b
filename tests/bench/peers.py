"""The relays that are compared, each with a configuration of its own in the run's directory."""

import itertools
import os
import pwd
import subprocess
import textwrap
from dataclasses import dataclass
from pathlib import Path

from processes import LOOPBACK, BenchError, Program, ProgramFamily, free_port
from tools import PASSWORD, USER, Login, Tools

TRUERELAY = "truerelay"
STUNNEL = "stunnel STARTTLS"
STUNNEL_IMPLICIT = "stunnel implicit"
POSTFIX = "Postfix"
STRAIGHT = "straight"
LIMIT = "limit"  # See floor.cpp.
PEERS = [TRUERELAY, STUNNEL, STUNNEL_IMPLICIT, POSTFIX, STRAIGHT, LIMIT]

_numbers = itertools.count(1)


@dataclass
class Peer:
    """Where a client connects, and the process that stands in between (none: straight)."""
    name: str
    port: int
    program: Program | None = None
    login: Login | None = None  # The client's, where the relay cannot log in.


def _folder(tools: Tools, name: str) -> Path:
    folder = tools.directory / f"{name}-{next(_numbers)}"
    folder.mkdir()
    return folder


def truerelay(tools: Tools, binary: Path, upstream_port: int, ca_file: str,
              **wanted: int | str) -> Peer:
    """`wanted`: settings of the upstream, given where this truerelay knows them."""
    folder = _folder(tools, "truerelay")
    (folder / "upstreams").mkdir()
    port = free_port()
    (folder / "truerelay.toml").write_text(textwrap.dedent(f"""\
        [[listener]]
        name = "bench"
        address = ["{LOOPBACK}:{port}"]
        upstream = "bench"
        max_clients = 20000
        [log]
        file = "{folder}/truerelay.log"
        """))
    password = folder / "upstreams" / "bench.password"
    password.touch(mode=0o600)
    password.write_text(PASSWORD)
    upstream = folder / "upstreams" / "bench.toml"
    always = textwrap.dedent(f"""\
        host = "localhost"
        port = {upstream_port}
        tls = "starttls"
        ca_file = "{ca_file}"
        user = "{USER}"
        password_file = "bench.password"
        """)
    configuration = ["--config", str(folder / "truerelay.toml")]

    def accepted(settings: list[str]) -> bool:
        upstream.write_text(always + "".join(f"{line}\n" for line in settings))
        return subprocess.run([binary, "check", *configuration],
                              stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=20).returncode == 0

    settings = [f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}"
                for key, value in wanted.items()]
    known = [line for line in settings if accepted([line])]
    if not accepted(known):
        raise BenchError(f"truerelay check refuses the configuration in {folder}")
    program = Program([str(binary), "run", *configuration], folder / "output")
    tools.started.append(program)
    program.wait_for_port(port)
    return Peer(TRUERELAY, port, program)


def stunnel(tools: Tools, upstream_port: int, ca_file: str, implicit: bool = False) -> Peer:
    folder = _folder(tools, "stunnel")
    port = free_port()
    # It logs in only as part of STARTTLS.
    negotiation = "" if implicit else textwrap.dedent(f"""\
        protocol = smtp
        protocolUsername = {USER}
        protocolPassword = {PASSWORD}
        """)
    (folder / "stunnel.conf").write_text(textwrap.dedent(f"""\
        foreground = yes
        syslog = no
        output = {folder}/stunnel.log
        pid =
        [bench]
        client = yes
        accept = {LOOPBACK}:{port}
        connect = {LOOPBACK}:{upstream_port}
        CAfile = {ca_file}
        verifyChain = yes
        checkHost = localhost
        """) + negotiation)
    program = Program(["stunnel", str(folder / "stunnel.conf")], folder / "output")
    tools.started.append(program)
    program.wait_for_port(port)
    return Peer(STUNNEL_IMPLICIT if implicit else STUNNEL, port, program,
                Login() if implicit else None)


_POSTFIX_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
myhostname = bench.invalid
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
message_size_limit = 100000000
relayhost = [127.0.0.1]:{upstream_port}
smtp_tls_security_level = encrypt
smtp_tls_CAfile = {ca_file}
smtp_sasl_auth_enable = yes
smtp_sasl_password_maps = inline:{{ {{ [127.0.0.1]:{upstream_port} = {user}:{password} }} }}
smtp_sasl_security_options = noanonymous
smtpd_client_connection_count_limit = 0
default_process_limit = 200
"""

_POSTFIX_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
tlsmgr unix - - n 1000? 1 tlsmgr
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
showq unix n - n - - showq
postlog unix-dgram n - n - 1 postlogd
"""


def postfix(tools: Tools, upstream_port: int, ca_file: str) -> Peer:
    """A smarthost client with a queue, an instance beside whatever Postfix the machine runs."""
    folder = _folder(tools, "postfix")
    for name in ("queue", "data", "configuration"):
        (folder / name).mkdir()
    (folder / "data").chmod(0o700)
    os.chown(folder / "data", pwd.getpwnam("postfix").pw_uid, -1)
    port = free_port()
    values = {"folder": folder, "upstream_port": upstream_port, "ca_file": ca_file, "user": USER,
              "password": PASSWORD, "port": port}
    (folder / "configuration" / "main.cf").write_text(_POSTFIX_MAIN.format(**values))
    (folder / "configuration" / "master.cf").write_text(_POSTFIX_MASTER.format(**values))
    program = ProgramFamily(["postfix", "-c", str(folder / "configuration"), "start-fg"],
                            folder / "output")
    tools.started.append(program)
    program.wait_for_port(port)
    return Peer(POSTFIX, port, program)
