"""What is measured, one function for each table. The relays take turns, so that whatever else the
machine does falls on all of them; of several rounds the median counts."""

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import peers
from peers import LIMIT, POSTFIX, STRAIGHT, STUNNEL, STUNNEL_IMPLICIT, TRUERELAY, Peer
from processes import BenchError
from table import Bound, Section
from tools import Tools, Upstream, wide_area

ROUND_TRIP = 0.030  # Seconds.
MIB = 1024 * 1024
LARGE = 25 * MIB


@dataclass(frozen=True)
class Extent:
    """How much of everything; the quick one finds faults of the benchmark, not figures."""
    rounds: int
    distant_messages: int
    small_messages: int  # A run, except for a single client and for a thousand.
    large_messages: int
    idle_clients: list[int]
    idle_in_postfix: int
    crowd: int
    slow_octets: int
    postfix_messages: int
    floor_messages: int


FULL = Extent(rounds=9, distant_messages=10, small_messages=1000, large_messages=32,
              idle_clients=[1000, 2000], idle_in_postfix=100, crowd=10_000, slow_octets=LARGE,
              postfix_messages=500, floor_messages=20_000)
QUICK = Extent(rounds=1, distant_messages=3, small_messages=400, large_messages=16,
               idle_clients=[1000], idle_in_postfix=20, crowd=2000, slow_octets=4 * MIB,
               postfix_messages=100, floor_messages=4000)


@dataclass
class Bench:
    tools: Tools
    binary: Path
    extent: Extent
    upstream: Upstream
    say: Callable[[str], None]
    # What one table measures and another shows as well.
    levels: dict[int, "Rounds"] = field(default_factory=dict)
    large: "Rounds" = field(default_factory=dict)

    def truerelay(self, port: int | None = None, **settings: int | str) -> Peer:
        return peers.truerelay(self.tools, self.binary, port or self.upstream.starttls,
                               self.upstream.ca_file, **settings)

    def stunnel(self, port: int | None = None) -> Peer:
        return peers.stunnel(self.tools, port or self.upstream.starttls, self.upstream.ca_file)

    def stunnel_implicit(self, port: int | None = None) -> Peer:
        return peers.stunnel(self.tools, port or self.upstream.implicit, self.upstream.ca_file,
                             implicit=True)

    def near(self) -> list[Peer]:
        """In the order of their turns: truerelay between the two that it is held against."""
        return [Peer(STRAIGHT, self.upstream.plain), self.truerelay(), self.stunnel(),
                self.stunnel_implicit()]


@dataclass
class Load:
    """One run of load at one peer: what the clients saw, and what it cost the relay."""
    messages_per_second: float
    p50_ms: float
    p99_ms: float
    processor_ms_per_message: float | None
    upstream_connections: float


Rounds = dict[str, list[Load]]  # By peer, in the order of the rounds.


def _measure(bench: Bench, peer: Peer, **course: Any) -> Load:
    before_at_upstream = bench.upstream.counts()
    before = peer.program.processor_seconds() if peer.program else 0
    result = bench.tools.load(peer.port, login=peer.login, **course)
    # A relay that is still busy with the ends of connections pays for them as well.
    time.sleep(0.05)
    spent = peer.program.processor_seconds() - before if peer.program else None
    after = bench.upstream.counts()
    arrived = after["messages"] - before_at_upstream["messages"]
    if arrived != course["messages"]:
        raise BenchError(f"{peer.name} told its clients of {course['messages']} acceptances, and "
                         f"the upstream accepted {arrived}")
    return Load(result["messages_per_second"], result["p50_us"] / 1000, result["p99_us"] / 1000,
                spent * 1000 / course["messages"] if spent is not None else None,
                after["connections"] - before_at_upstream["connections"] - 1)  # Less the counting.


def _together(loads: list[Load]) -> Load:
    """Of runs of the same length: the mean of their times, latencies and costs."""
    processor = [load.processor_ms_per_message for load in loads]
    return Load(statistics.harmonic_mean(load.messages_per_second for load in loads),
                statistics.mean(load.p50_ms for load in loads),
                statistics.mean(load.p99_ms for load in loads),
                None if None in processor else statistics.mean(processor),
                sum(load.upstream_connections for load in loads))


def _take_turns(bench: Bench, subjects: list[Peer], courses: list[dict[str, Any]],
                turns_of_fast: int = 1) -> list[Rounds]:
    """For each course all rounds, by peer. A round goes through all courses, so that they can be
    compared with one another as well. The fast peers have `turns_of_fast` runs in each round, by
    turns: they take a third of a second, and the machine's speed changes from one to the next."""
    for peer in subjects:  # Not counted: names are looked up, connections made.
        bench.tools.load(peer.port, clients=16, messages=16, login=peer.login)
    runs: list[Rounds] = [{peer.name: [] for peer in subjects} for _ in courses]
    for number in range(bench.extent.rounds):
        for course, loads in zip(courses, runs):
            bench.say(f"  round {number + 1}: "
                      + ", ".join(f"{name} {value:,}" for name, value in course.items()))
            turns: dict[str, list[Load]] = {peer.name: [] for peer in subjects}
            for turn in range(turns_of_fast):
                for peer in subjects:
                    if turn == 0 or peer.name in (TRUERELAY, STRAIGHT):
                        turns[peer.name].append(_measure(bench, peer, **course))
            for name, of_peer in turns.items():
                loads[name].append(_together(of_peer))
    return runs


def _by_peer(rounds: Rounds, figure: str, scale: float = 1) -> dict[str, list[float]]:
    return {name: [getattr(load, figure) * scale for load in loads]
            for name, loads in rounds.items() if getattr(loads[0], figure) is not None}


def round_trips(bench: Bench, section: Section) -> None:
    """Round trips of 30 ms from connecting to the final reply: one client beside the relay, one
    message a connection"""
    chunked = bench.upstream.counts()["chunked"]
    far = {port: wide_area(bench.tools, port, ROUND_TRIP)
           for port in (bench.upstream.starttls, bench.upstream.implicit, bench.upstream.plain)}
    plain_upstream = Upstream(bench.tools, chunking=False)
    without_chunking = wide_area(bench.tools, plain_upstream.starttls, ROUND_TRIP)
    subjects = [bench.truerelay(far[bench.upstream.starttls]),
                bench.stunnel(far[bench.upstream.starttls]),
                bench.stunnel_implicit(far[bench.upstream.implicit]),
                Peer(STRAIGHT, far[bench.upstream.plain])]
    second = bench.truerelay(without_chunking)

    def trips(peer: Peer, recipients: int) -> tuple[float, float]:
        """Of a later message, and of the first."""
        bench.say(f"round trips: {peer.name}, recipients {recipients}")
        result = bench.tools.load(peer.port, messages=1 + bench.extent.distant_messages,
                                  recipients=recipients, login=peer.login, each=True)
        first, *later = (each / 1e6 / ROUND_TRIP for each in result["each_us"])
        return statistics.median(later), first

    one = {peer.name: trips(peer, 1) for peer in subjects}
    five = {peer.name: trips(peer, 5)[0] for peer in subjects}
    data_one, data_five = trips(second, 1), trips(second, 5)[0]
    warm = {name: figures[0] for name, figures in one.items()}
    section.row("CHUNKING upstream, 1 recipient", "round trips", warm, Bound(2.15))
    section.row("  the first message of all", "round trips",
                {name: figures[1] for name, figures in one.items()})
    section.row("  each further recipient", "round trips",
                {name: (five[name] - warm[name]) / 4 for name in five}, Bound(1.05),
                remark="The bound is 1.0; a twentieth for the machine's own time.")
    section.row("no CHUNKING upstream, 1 recipient", "round trips", {TRUERELAY: data_one[0]},
                Bound(3.15), remark="The others use DATA in any case.")
    section.row("  the first message of all", "round trips", {TRUERELAY: data_one[1]})
    section.row("  each further recipient", "round trips",
                {TRUERELAY: (data_five - data_one[0]) / 4}, Bound(1.05))
    section.row("truerelay's messages that came with BDAT", "where CHUNKING is offered",
                {TRUERELAY: bench.upstream.counts()["chunked"] - chunked})


def growth(bench: Bench, section: Section) -> None:
    """How cost grows: messages of 1 KiB, a new client connection each"""
    subjects, levels = bench.near(), bench.levels
    bench.say("growth")
    few = bench.extent.small_messages
    courses = [{"clients": 1, "messages": few // 4}]
    courses += [{"clients": clients, "messages": max(few, clients * 2)}
                for clients in (16, 64, 256, 1024)]
    for course, rounds in zip(courses, _take_turns(bench, subjects, courses, 5)):
        levels[course["clients"]] = rounds
    first = _by_peer(levels[16], "processor_ms_per_message")[TRUERELAY]
    for clients, rounds in levels.items():
        last = [Bound(1.3, of="that of 16 clients", ratio_to=first)] if clients == 1024 else []
        section.rounds(f"{clients} clients: processor time a message", "ms",
                       _by_peer(rounds, "processor_ms_per_message"), *last)
        section.rounds("  messages", "a second", _by_peer(rounds, "messages_per_second"))
        section.rounds("  latency, median", "ms", _by_peer(rounds, "p50_ms"))
        section.rounds("  latency, 99th percentile", "ms", _by_peer(rounds, "p99_ms"))


def small_messages(bench: Bench, section: Section) -> None:
    """Messages of 1 KiB"""
    levels = bench.levels
    if 64 not in levels:
        raise BenchError("it is part of what was to be measured before")
    bench.say("1 KiB: 50 messages a connection")
    section.rounds("processor time, new connection each, 16 clients", "ms",
                   _by_peer(levels[16], "processor_ms_per_message"), Bound(0.12, of=STUNNEL))
    [many] = _take_turns(bench, bench.near(),
                         [{"clients": 16, "messages": bench.extent.small_messages * 4,
                           "per_connection": 50}])
    section.rounds("processor time, 50 a connection, 16 clients", "ms",
                   _by_peer(many, "processor_ms_per_message"), Bound(0.6, of=STUNNEL))
    for clients in (16, 64):
        section.rounds(f"messages, new connection each, {clients} clients", "a second",
                       _by_peer(levels[clients], "messages_per_second"),
                       Bound(3, at_least=True, of=STUNNEL), Bound(0.6, at_least=True, of=STRAIGHT))
    section.rounds("messages, 50 a connection, 16 clients", "a second",
                   _by_peer(many, "messages_per_second"))
    section.rounds("upstream connections made for them", f"of {bench.extent.small_messages * 4}",
                   _by_peer(many, "upstream_connections"))


def large_messages(bench: Bench, section: Section) -> None:
    """Messages of 25 MiB, 16 clients"""
    bench.say("25 MiB")
    [rounds] = _take_turns(bench, bench.near(), [{"clients": 16, "octets": LARGE,
                                                  "messages": bench.extent.large_messages}])
    bench.large = rounds
    section.rounds("processor time a MiB", "ms",
                   _by_peer(rounds, "processor_ms_per_message", MIB / LARGE),
                   Bound(0.7, of=STUNNEL))
    section.rounds("throughput", "MiB/s", _by_peer(rounds, "messages_per_second", LARGE / MIB),
                   Bound(1, at_least=True, of=STUNNEL))


def _idle_kib(bench: Bench, peer: Peer, clients: int) -> tuple[float, dict[str, Any]]:
    """KiB for each client beyond the idle process, and what became of the clients."""
    bench.say(f"memory: {clients} clients at {peer.name}")
    # Not from its first moment: what the first message leaves behind is no client's.
    bench.tools.load(peer.port, login=peer.login)
    time.sleep(0.3)
    before = peer.program.memory_kib()
    holding = bench.tools.hold(peer.port, clients, peer.login)
    time.sleep(0.5)
    grown = peer.program.memory_kib() - before
    fate = holding.finish()
    peer.program.end()
    if holding.held != clients:
        raise BenchError(f"{peer.name} let {holding.held} of {clients} clients in")
    return grown / clients, fate


def idle_memory(bench: Bench, section: Section) -> None:
    """Memory of clients that said EHLO and wait, beyond the idle relay"""
    for clients in bench.extent.idle_clients:
        figures = {peer.name: _idle_kib(bench, peer, clients)[0]
                   for peer in (bench.truerelay(), bench.stunnel())}
        section.row(f"{clients:,} clients", "KiB each", figures, Bound(8))
    crowd, fate = _idle_kib(bench, bench.truerelay(), bench.extent.crowd)
    section.row(f"{bench.extent.crowd:,} clients", "KiB each", {TRUERELAY: crowd})
    section.row(f"  of {bench.extent.crowd:,} clients, those answered", "clients",
                {TRUERELAY: fate["alive"] if fate["sent"] else 0},
                Bound(bench.extent.crowd, at_least=True),
                remark="Each is asked for a NOOP in the end, and one sends a message.")


def slow_upstream(bench: Bench, section: Section) -> None:
    """64 clients send a large message each to a slow upstream, 1 MiB/s a connection"""
    bench.say("memory: a slow upstream")
    slow = wide_area(bench.tools, bench.upstream.starttls, ROUND_TRIP, MIB)
    peer = bench.truerelay(slow, max_connections=64)
    bench.tools.load(peer.port, clients=64, messages=64, octets=bench.extent.slow_octets)
    section.row(f"{bench.extent.slow_octets // MIB} MiB each: largest memory in all", "MiB",
                {TRUERELAY: peer.program.peak_memory_kib() / 1024}, Bound(64))


def queueing(bench: Bench, section: Section) -> None:
    """A queueing relay, for scale: its 250 is its own, before the upstream heard of the message"""
    if os.geteuid() != 0:
        raise BenchError("Postfix is started by root only")
    upstream = (bench.upstream.starttls, bench.upstream.ca_file)
    kib, _ = _idle_kib(bench, peers.postfix(bench.tools, *upstream), bench.extent.idle_in_postfix)
    section.row(f"{bench.extent.idle_in_postfix} idle clients", "KiB each", {POSTFIX: kib})
    bench.say("Postfix")
    peer = peers.postfix(bench.tools, *upstream)
    bench.tools.load(peer.port)
    messages = bench.extent.postfix_messages
    arrived = bench.upstream.counts()["messages"]
    before = peer.program.processor_seconds()
    began = time.monotonic()
    result = bench.tools.load(peer.port, clients=16, messages=messages)
    while (there := bench.upstream.counts()["messages"] - arrived) < messages:
        if time.monotonic() - began > 120:
            raise BenchError(f"Postfix delivered {there} of {messages} messages in 120 s")
        time.sleep(0.05)
    seconds = time.monotonic() - began
    time.sleep(0.3)
    section.row("processor time, new connection each, 16 clients", "ms",
                {POSTFIX: (peer.program.processor_seconds() - before) * 1000 / messages})
    section.row("messages that it says it accepted", "a second",
                {POSTFIX: result["messages_per_second"]})
    section.row("messages that the upstream accepted", "a second", {POSTFIX: messages / seconds})


def floor(bench: Bench, section: Section) -> None:
    """How far from the limit: the same bytes with BoringSSL's cipher and system calls alone"""
    bench.say("the floor")
    runs = [bench.tools.floor(bench.extent.floor_messages, 500) for _ in range(3)]
    limit = {name: min(each[name] for each in runs) for name in runs[0]}
    section.row("the limit, a message of 1 KiB", "ms", {LIMIT: limit["message_ms"]})
    if 16 in bench.levels:
        small = _by_peer(bench.levels[16], "processor_ms_per_message")
        section.rounds("  a message of 1 KiB, 16 clients", "times the limit",
                       {name: [figure / limit["message_ms"] for figure in figures]
                        for name, figures in small.items()})
    section.row("the limit, a MiB of a large message", "ms", {LIMIT: limit["mib_ms"]})
    section.row("  of it the cipher", "ms", {LIMIT: limit["mib_cipher_ms"]})
    large = _by_peer(bench.large, "processor_ms_per_message", MIB / LARGE)
    section.rounds("  a MiB of a large message", "times the limit",
                   {name: [figure / limit["mib_ms"] for figure in figures]
                    for name, figures in large.items()})


def everything(bench: Bench) -> list[Section]:
    """All tables, in the order in which they are best read; one that fails does not end the
    others."""
    measured = {}
    for measure in (round_trips, growth, small_messages, large_messages, floor, idle_memory,
                    slow_upstream, queueing):
        section = measured[measure] = Section(" ".join(measure.__doc__.split()))
        try:
            measure(bench, section)
        except BenchError as failure:
            section.failure = str(failure)
            bench.say(f"not measured: {failure}")
    first = [round_trips, small_messages, large_messages, idle_memory, slow_upstream]
    return [measured[measure] for measure in [*first, growth, floor, queueing]]
