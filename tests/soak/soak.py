"""A soak: very many messages and connections through one process of the relay, in every way in
which programs have mail to send, to a fast upstream on this machine. What it holds in the end, when
all clients are gone, it must have held after a part of them: memory within 2 %, and no open file
more.

By hand: python3 -B soak.py --truerelay ... --programs build/release/tests --connections 5000000
(--seconds bounds each part of it)."""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "peers"))

from server import Server  # noqa: E402
from workplace import LOOPBACK, free_port  # noqa: E402

USER, PASSWORD = "erp@soak.invalid", "soak"
MOST_GROWTH = 0.02
# What the relay keeps for later it keeps no longer than this, so that the end finds it at rest.
_REST = 2

_MAIN = """
[[listener]]
name = "plain"
address = ["{loopback}:{plain}"]
upstream = "sink"
duplicate_window = "{rest}s"
[[listener]]
name = "starttls"
address = ["{loopback}:{starttls}"]
upstream = "sink"
duplicate_window = "{rest}s"
tls = "starttls"
certificate_file = "{certificates}/server.pem"
key_file = "{certificates}/server-key.pem"
[log]
file = "{folder}/truerelay.log"
max_size = "4MiB"
keep = 2
"""

_UPSTREAM = """
host = "localhost"
port = {port}
tls = "starttls"
ca_file = "{ca_file}"
user = "{user}"
password_file = "sink.password"
idle_close = "{rest}s"
"""


class Soak:
    def __init__(self, options: argparse.Namespace, folder: Path):
        self._options = options
        self._folder = folder
        certificates = folder / "certificates"
        self._upstream = Server(
            [str(options.programs / "bench" / "bench_upstream"), "--user", USER, "--password",
             PASSWORD, "--certificates", str(certificates), "--limit", str(3 * options.seconds)],
            folder / "upstream.output")
        self._upstream.wait_for(lambda: "}" in self._upstream.text(), "the ports of the upstream")
        self._far = json.loads(self._upstream.text().splitlines()[0])
        self.ports = {"plain": free_port(), "starttls": free_port()}
        (folder / "truerelay.toml").write_text(_MAIN.format(
            loopback=LOOPBACK, rest=_REST, certificates=certificates, folder=folder, **self.ports))
        (folder / "upstreams").mkdir()
        password = folder / "upstreams" / "sink.password"
        password.touch(mode=0o600)
        password.write_text(PASSWORD)
        (folder / "upstreams" / "sink.toml").write_text(_UPSTREAM.format(
            port=self._far["starttls"], ca_file=self._far["ca_file"], user=USER, rest=_REST))
        self.relay = Server([str(options.truerelay), "run", "--config",
                             str(folder / "truerelay.toml")], folder / "truerelay.output")
        self.relay.wait_for_ports(list(self.ports.values()))

    def send(self, connections: int, seed: int) -> dict[str, int]:
        done = subprocess.run(
            [str(self._options.programs / "soak" / "soak_client"), "--plain",
             str(self.ports["plain"]), "--starttls", str(self.ports["starttls"]), "--connections",
             str(connections), "--seed", str(seed), "--limit", str(self._options.seconds)],
            stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"the clients ended with {done.returncode}:\n{done.stderr}")
        return json.loads(done.stdout)

    def at_rest(self, files: int | None = None) -> tuple[int, int]:
        """KiB of resident memory and open files, once no connection is left and nothing is kept.
        Where the machine is busy the last connections take a while to go: for so many `files` it is
        waited some more, and what is open then stays open."""
        process = Path(f"/proc/{self.relay.process.pid}")
        time.sleep(_REST + 1)
        until = time.monotonic() + 20
        while files and len(os.listdir(process / "fd")) > files and time.monotonic() < until:
            time.sleep(0.2)
        rollup = (process / "smaps_rollup").read_text()
        return (int(re.search(r"^Rss:\s+(\d+)", rollup, re.MULTILINE)[1]),
                len(os.listdir(process / "fd")))

    def close(self) -> int:
        status = self.relay.end(45)
        self._upstream.end()
        return status


def main() -> int:
    options = argparse.ArgumentParser(description="A soak of the real program.")
    options.add_argument("--truerelay", type=Path, required=True)
    options.add_argument("--programs", type=Path, required=True, help="build/release/tests")
    options.add_argument("--connections", type=int, default=50_000, help="with four messages each")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--seconds", type=int, default=240)
    wanted = options.parse_args()
    print(f"seed {wanted.seed}, {wanted.connections} connections", flush=True)
    with tempfile.TemporaryDirectory(prefix="truerelay-soak-") as folder:
        soak = Soak(wanted, Path(folder))
        try:
            return look(soak, wanted)
        finally:
            soak.close()


def look(soak: Soak, wanted: argparse.Namespace) -> int:
    parts = 5  # The first warms up.
    seen = [soak.at_rest()]
    total: dict[str, int] = {}
    began = time.monotonic()
    for part in range(parts):
        for name, count in soak.send(wanted.connections // parts, wanted.seed + part).items():
            total[name] = total.get(name, 0) + count
        seen.append(soak.at_rest(seen[0][1]))
        print(f"after {total['connections']:7} connections: {seen[-1][0]} KiB resident, "
              f"{seen[-1][1]} open files", flush=True)
    print(f"{json.dumps(total)} in {time.monotonic() - began:.0f} s; at the start "
          f"{seen[0][0]} KiB and {seen[0][1]} open files")
    (warm_memory, warm_files), (memory, files) = seen[1], seen[-1]
    growth = memory / warm_memory - 1
    print(f"memory {growth:+.2%} since the warm-up, open files {files - warm_files:+}")
    missing = [name for name, count in total.items() if count == 0]
    if missing:
        print(f"a soak without: {', '.join(missing)}")
    return int(growth > MOST_GROWTH or files != warm_files or bool(missing))


if __name__ == "__main__":
    sys.exit(main())
