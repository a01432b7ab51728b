"""Real faults on real sockets: mail through the real relay to a real Postfix, while the network
between them, both of them and the machine's disk, descriptors and clock are abused; in the end
abuse_judge holds what every client was told against what Postfix has.

Needs root: namespaces, and mail servers that change to users of their own. By hand:
  TRUERELAY=... ABUSE_PROGRAMS=build/release/tests/abuse python3 -B run.py --messages 200000 \\
    --seed 7 --seconds 3600
A seed gives the same letters, manners and faults again; what meets what is the machine's choice."""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "peers"))

import evidence  # noqa: E402
import faults  # noqa: E402
from abused_relay import AbusedRelay  # noqa: E402
from far_network import FarNetwork  # noqa: E402
from far_postfix import FarPostfix  # noqa: E402
from server import Server  # noqa: E402

_OWN_NAMESPACES = "TRUERELAY_ABUSE_APART"


def main() -> int:
    options = argparse.ArgumentParser(description="Real faults on real sockets.")
    options.add_argument("--messages", type=int, default=20000, help="that are to be accepted")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--seconds", type=int, default=540, help="after which it has failed")
    options.add_argument("--keep", type=Path, help="a folder to keep the books in")
    wanted = options.parse_args()
    if os.environ.get(_OWN_NAMESPACES) is None:
        # In a network and with mounts of its own, which go when this process does.
        os.environ[_OWN_NAMESPACES] = "1"
        os.execvp("unshare", ["unshare", "--net", "--mount", "--propagation", "private", "--",
                              sys.executable, "-B", *sys.argv])
    say(f"seed {wanted.seed}, {wanted.messages} messages")
    with tempfile.TemporaryDirectory(prefix="truerelay-abuse-") as folder:
        Path(folder).chmod(0o755)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", folder], check=True)
        try:
            return abuse(wanted, Path(folder))
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def abuse(wanted: argparse.Namespace, folder: Path) -> int:
    books, disk = folder / "books", folder / "disk"
    for each in (books, disk, folder / "relay", folder / "far"):
        each.mkdir()
    # Large enough for the log and for what is under way, small enough to be filled in a moment.
    log_octets = wanted.messages * 4000
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={log_octets + (64 << 20)}", "tmpfs", disk],
                   check=True)
    network = FarNetwork(folder)
    postfix = FarPostfix(folder / "far", network)
    relay = AbusedRelay(os.environ["TRUERELAY"], folder / "relay", disk, postfix,
                        books / "deeds.jsonl")
    try:
        postfix.start()
        relay.start()
        client = start_clients(wanted, relay, books / "heard.jsonl")
        scene = faults.Scene(network, postfix, relay, disk, random.Random(wanted.seed),
                             client.running)
        began = time.monotonic()
        faults.go_on_until_the_mail_is_sent(scene, say)
        if client.process.returncode != 0:
            say(f"the clients ended with {client.process.returncode}:\n{client.text()}")
            return 1
        took = time.monotonic() - began
        relay.stop()
        postfix.stop()
        accepted = evidence.write_book(postfix, books / "upstream.jsonl")
    finally:
        if wanted.keep:
            keep([*books.iterdir(), relay.log_file, postfix.log_file], wanted.keep)
        relay.close()
        postfix.close()
        network.close()
    (books / "log.jsonl").write_bytes(relay.log_file.read_bytes())
    sent = json.loads(client.text().splitlines()[-1])
    say(f"{sent['offered']} letters offered in {took:.0f} s, {accepted} messages in Postfix's "
        f"queue, {sum(scene.done.values())} faults, {relay.started} processes of the relay")
    missed = [name for name in map(faults.name_of, faults.ALL) if name not in scene.done]
    for name in missed:
        say(f"NEVER HAPPENED: {name}")
    return judge(books) or len(missed)


def start_clients(wanted: argparse.Namespace, relay: AbusedRelay, journal: Path) -> Server:
    ports = [f"--port={port}" for port in relay.ports.values()]
    return Server([str(Path(os.environ["ABUSE_PROGRAMS"]) / "abuse_client"), *ports, "--messages",
                   str(wanted.messages), "--seed", str(wanted.seed), "--journal", str(journal),
                   "--limit", str(wanted.seconds)], journal.parent / "clients.output")


def keep(books: list[Path], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for book in books:
        (folder / book.name).write_bytes(book.read_bytes())


def judge(books: Path) -> int:
    command = [str(Path(os.environ["ABUSE_PROGRAMS"]) / "abuse_judge")]
    for name in ("heard", "upstream", "log", "deeds"):
        command += [f"--{name}", str(books / f"{name}.jsonl")]
    return subprocess.run(command, timeout=300).returncode


def say(what: str) -> None:
    print(what, flush=True)


if __name__ == "__main__":
    sys.exit(main())
