"""The network between the relay and an upstream host far away: two network namespaces and a pair of
virtual interfaces. The near end is in the namespace of this process, which must be one of its own
(see run.py); the far one belongs to a process that does nothing, and goes with it.

Every way to break it leaves the two hosts themselves alone."""

import os
import subprocess
from pathlib import Path

from server import Server

NEAR, FAR = "10.77.0.1", "10.77.0.2"
_QUEUEING = ("netem delay 150ms 100ms loss 2%",          # Not every kernel has it;
             "tbf rate 400kbit burst 8kb latency 600ms")  # this one is in most.


class FarNetwork:
    def __init__(self, directory: Path):
        _run("ip link set lo up")
        self._holder = Server(["unshare", "--net", "sleep", "infinity"], directory / "holder.log")
        here = os.readlink("/proc/self/ns/net")
        self._holder.wait_for(lambda: self._namespace() != here, "a network namespace")
        self.enter = ["nsenter", f"--net=/proc/{self._holder.process.pid}/ns/net", "--"]
        _run(f"ip link add near type veth peer name far netns {self._holder.process.pid}")
        _run(f"ip addr add {NEAR}/30 dev near")
        _run("ip link set near up")
        self._far("ip link set lo up")
        self._far(f"ip addr add {FAR}/30 dev far")
        self._far("ip link set far up")
        # Where the rules go that drop what arrives at the far host, and what leaves it.
        self._far("nft add table inet abuse")
        for name, hook in (("arriving", "input"), ("leaving", "output")):
            self._far(f"nft add chain inet abuse {name} {{ type filter hook {hook} priority 0 ; }}")

    def cut(self) -> None:
        """As when somebody pulls the plug; the near host notices."""
        _run("ip link set near down")

    def swallow(self, *, arriving: bool, leaving: bool) -> None:
        """Silently, in one direction or both."""
        if arriving:
            self._rule("arriving iifname far drop")
        if leaving:
            self._rule("leaving oifname far drop")

    def lose(self, percent: int) -> None:
        self._rule(f"arriving iifname far numgen random mod 100 < {percent} drop")
        self._rule(f"leaving oifname far numgen random mod 100 < {percent} drop")

    def reset(self) -> None:
        """As a firewall that lost its state: whatever arrives is answered with RST, and the far
        host hears of it only when it says something."""
        self._rule("arriving iifname far meta l4proto tcp reject with tcp reset")

    def slow_down(self) -> str:
        """Returns in which way."""
        for queueing in _QUEUEING:
            if _run(f"tc qdisc add dev near root {queueing}", or_not=True):
                self._far(f"tc qdisc add dev far root {queueing}")
                return queueing
        raise RuntimeError("this kernel can slow down no interface")

    def mend(self) -> None:
        """All of the above is over."""
        self._far("nft flush table inet abuse")
        _run("tc qdisc del dev near root", or_not=True)
        _run(f"{' '.join(self.enter)} tc qdisc del dev far root", or_not=True)
        _run("ip link set near up")

    def listens(self, port: int) -> bool:
        """At the far host, whatever the state of the network is."""
        rows = Path(f"/proc/{self._holder.process.pid}/net/tcp").read_text().splitlines()[1:]
        fields = (row.split() for row in rows)
        return any(each[1].endswith(f":{port:04X}") and each[3] == "0A" for each in fields)

    def close(self) -> None:
        self._holder.end()

    def _namespace(self) -> str:
        return os.readlink(f"/proc/{self._holder.process.pid}/ns/net")

    def _far(self, command: str) -> None:
        _run(f"{' '.join(self.enter)} {command}")

    def _rule(self, rule: str) -> None:
        self._far(f"nft add rule inet abuse {rule}")


def _run(command: str, or_not: bool = False) -> bool:
    done = subprocess.run(command.split(), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=30)
    if done.returncode != 0 and not or_not:
        raise RuntimeError(f"{command}: {done.stderr}")
    return done.returncode == 0
