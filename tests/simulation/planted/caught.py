"""Runs a sweep with a lie planted in the relay. Passes where the oracle catches it for what it is.

python3 caught.py LIE.toml SIMULATE SESSIONS

The sweep begins with the first seed of CI's own and stops at the first that goes wrong. It must
end with status 1 (a crash is no catch), and say one of the sentences that `caught` names.
"""

import pathlib
import re
import subprocess
import sys

from plant import read_lie


def main(lie_file, simulate, sessions):
    lie = read_lie(pathlib.Path(lie_file))
    print(f"{lie['rule']}: {lie['lie']}")
    run = subprocess.run(
        [simulate, "--first", "1", "--sessions", sessions, "--most-wrong", "1"],
        stdout=subprocess.PIPE, text=True, errors="replace", check=False)
    print(run.stdout)
    if run.returncode != 1:
        return f"the sweep ended with {run.returncode}, and not with 1: the lie was not caught"
    wrong = [line for line in run.stdout.splitlines() if line.startswith("seed ")]
    if not any(sentence in line for line in wrong for sentence in lie["caught"]):
        return f"caught for something else; it should have said {' or '.join(lie['caught'])!r}"
    served = re.search(r"^(\d+) sessions from seeds", run.stdout, re.MULTILINE)
    print(f"caught after {served[1]} sessions")
    return None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
