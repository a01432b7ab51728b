"""Measures truerelay beside stunnel, Postfix and no relay at all; tests/bench/run.sh builds what is
needed and starts this. Prints a table and writes the same as JSON."""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import table
from measurements import FULL, QUICK, Bench, everything
from processes import allow_many_open_files
from tools import Tools, Upstream


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sh tests/bench/run.sh", description=__doc__)
    parser.add_argument("--quick", action="store_true",
                        help="two minutes, one round: for trying the benchmark, not for figures")
    parser.add_argument("--json", type=Path, metavar="FILE", default=Path("build/bench.json"),
                        help="where the figures go (default: build/bench.json)")
    parser.add_argument("--judge", action="store_true", help="exit status 1 if a bound is missed")
    parser.add_argument("--truerelay", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--programs", type=Path, required=True, help=argparse.SUPPRESS)
    return parser.parse_args()


def version(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    return (done.stdout + done.stderr).strip().splitlines()[-1 if "postconf" in command else 0]


def main() -> int:
    asked = options()
    allow_many_open_files()
    began = time.monotonic()

    def say(what: str) -> None:
        print(f"[{time.monotonic() - began:4.0f} s] {what}", file=sys.stderr, flush=True)

    directory = Path(tempfile.mkdtemp(prefix="truerelay-bench-"))
    directory.chmod(0o755)  # Postfix's processes are users of their own.
    tools = Tools(asked.programs.resolve(), directory)
    try:
        bench = Bench(tools, asked.truerelay.resolve(), QUICK if asked.quick else FULL,
                      Upstream(tools), say)
        sections = everything(bench)
    finally:
        tools.end()
    machine = {"cores": os.cpu_count(), "system": platform.platform(),
               "stunnel": version("stunnel", "-version"),
               "postfix": version("postconf", "mail_version"),
               "quick": asked.quick, "seconds": round(time.monotonic() - began)}
    print("\n" + table.as_text(sections))
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    asked.json.write_text(json.dumps({"machine": machine, "sections": table.as_data(sections)},
                                     indent=1) + "\n")
    print(f"{machine['seconds']} s on {machine['cores']} cores; also in {asked.json}")
    if any(section.failure for section in sections):
        print(f"Not everything could be measured; logs and configurations are in {directory}")
        return 2
    shutil.rmtree(directory)
    met, bounds = table.count(sections)
    return 1 if asked.judge and met < bounds else 0


if __name__ == "__main__":
    sys.exit(main())
