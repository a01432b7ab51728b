"""What is done to a relay and its upstream while there is mail, drawn from a seed."""

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from abused_relay import AbusedRelay
from far_network import FarNetwork
from far_postfix import FarPostfix

# The longest faults outlast every wait of the relay's for its upstream (abused_relay.py).
_SHORTEST, _LONGEST = 0.2, 6.5
_HANG_UPS = 100


@dataclass
class Scene:
    network: FarNetwork
    postfix: FarPostfix
    relay: AbusedRelay
    disk: Path
    chance: random.Random
    goes_on: Callable[[], bool]  # There is mail to send.
    done: dict[str, int] = field(default_factory=dict)

    def wait(self, least: float, most: float) -> None:
        """As long as is drawn, or until there is no mail any more."""
        until = time.monotonic() + self.chance.uniform(least, most)
        while time.monotonic() < until and self.goes_on():
            time.sleep(0.02)

    def last(self) -> None:
        """As long as a fault lasts: a moment as likely as an age."""
        seconds = math.exp(self.chance.uniform(math.log(_SHORTEST), math.log(_LONGEST)))
        self.wait(seconds, seconds)


def the_network_is_cut_off(scene: Scene) -> None:
    scene.network.cut()
    scene.last()


def what_goes_to_the_upstream_is_swallowed(scene: Scene) -> None:
    scene.network.swallow(arriving=True, leaving=False)
    scene.last()


def what_comes_from_the_upstream_is_swallowed(scene: Scene) -> None:
    scene.network.swallow(arriving=False, leaving=True)
    scene.last()


def everything_is_swallowed(scene: Scene) -> None:
    scene.network.swallow(arriving=True, leaving=True)
    scene.last()


def packets_are_lost(scene: Scene) -> None:
    scene.network.lose(scene.chance.randint(5, 40))
    scene.last()


def the_network_is_slow(scene: Scene) -> None:
    scene.network.slow_down()
    scene.last()


def connections_are_reset(scene: Scene) -> None:
    for _ in range(scene.chance.randint(1, 4)):
        scene.network.reset()
        scene.wait(0.05, 0.5)
        scene.network.mend()
        scene.wait(0.1, 1)


def connections_are_reset_while_messages_are_under_way(scene: Scene) -> None:
    """On a slow network most of them are."""
    scene.network.slow_down()
    scene.wait(0.5, 2)
    scene.network.reset()
    scene.wait(0.1, 1)


def the_upstream_is_paused(scene: Scene) -> None:
    scene.postfix.pause()
    scene.last()
    scene.postfix.resume()


def the_upstream_is_killed(scene: Scene) -> None:
    scene.postfix.kill()
    scene.wait(0, 2)
    scene.postfix.start()


def the_disk_is_full(scene: Scene) -> None:
    ballast = scene.disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            pass
    scene.wait(1, 4)
    ballast.unlink()


def descriptors_run_out(scene: Scene) -> None:
    scene.relay.allow_open_files(scene.chance.randint(0, 24))
    scene.last()
    scene.relay.allow_open_files(None)


def the_wall_clock_steps(scene: Scene) -> None:
    """Needs a process of its own, and each step a second until the process takes notice."""
    scene.relay.stop()
    scene.relay.start(stepping=True)
    hour, year = 3600, 365 * 86400
    for seconds in (scene.chance.choice((-hour, hour, 25 * hour)), -3 * year,
                    30 * year, scene.chance.randint(-60, 60)):  # The third ends the certificates.
        scene.wait(0.5, 1)
        scene.relay.step_clock(seconds)
        scene.wait(1.2, 2)
    scene.relay.stop()
    scene.relay.start()


def the_relay_is_hung_up_on(scene: Scene) -> None:
    for _ in range(_HANG_UPS):
        scene.relay.hang_up()
        time.sleep(scene.chance.choice((0, 0.005, 0.02)))


def the_relay_is_stopped(scene: Scene) -> None:
    scene.relay.stop()
    scene.wait(0, 0.5)
    scene.relay.start()


def the_relay_is_stopped_while_the_upstream_is_silent(scene: Scene) -> None:
    scene.postfix.pause()
    scene.wait(0.2, 2)
    scene.relay.stop()
    scene.postfix.resume()
    scene.relay.start()


ALL = [the_network_is_cut_off, what_goes_to_the_upstream_is_swallowed,
       what_comes_from_the_upstream_is_swallowed, everything_is_swallowed, packets_are_lost,
       the_network_is_slow, connections_are_reset,
       connections_are_reset_while_messages_are_under_way, the_upstream_is_paused,
       the_upstream_is_killed, the_disk_is_full, descriptors_run_out, the_wall_clock_steps,
       the_relay_is_hung_up_on, the_relay_is_stopped,
       the_relay_is_stopped_while_the_upstream_is_silent]


def name_of(fault: Callable[[Scene], None]) -> str:
    return fault.__name__.replace("_", " ")


def go_on_until_the_mail_is_sent(scene: Scene, say: Callable[[str], None]) -> None:
    """Every fault in a new order each round, with better times in between."""
    began = time.monotonic()
    while scene.goes_on():
        for fault in scene.chance.sample(ALL, len(ALL)):
            scene.wait(0.5, 3)
            if not scene.goes_on():
                return
            say(f"{time.monotonic() - began:6.1f} s  {name_of(fault)}")
            fault(scene)
            scene.network.mend()
            scene.done[name_of(fault)] = scene.done.get(name_of(fault), 0) + 1
