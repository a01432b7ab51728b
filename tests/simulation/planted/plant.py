"""Plants a known lie: writes a copy of one of the relay's sources with one passage replaced.

python3 plant.py LIE.toml PROJECT COPY

The passage must stand there exactly once. Where it does not, the source was changed, and the lie
has to be changed after it: a lie that is not planted would prove nothing.
"""

import pathlib
import sys
import tomllib

KEYS = {"rule", "lie", "file", "find", "replace", "caught"}


class NotPlanted(Exception):
    """What is wrong with a lie, for whoever is to mend it."""


def read_lie(path):
    lie = tomllib.loads(path.read_text(encoding="utf-8"))
    if set(lie) != KEYS:
        raise NotPlanted(f"{path.name} has the keys {sorted(lie)}, and they are {sorted(KEYS)}")
    return lie


def planted(lie, source):
    """`source` with the lie in it."""
    count = source.count(lie["find"])
    if count != 1:
        raise NotPlanted(f"in {lie['file']} the passage to replace stands {count} times, not once")
    if lie["find"] == lie["replace"]:
        raise NotPlanted("nothing is replaced")
    return source.replace(lie["find"], lie["replace"])


def main(lie_file, project, copy):
    lie = read_lie(pathlib.Path(lie_file))
    source = pathlib.Path(project, lie["file"]).read_text(encoding="utf-8")
    pathlib.Path(copy).write_text(planted(lie, source), encoding="utf-8")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except NotPlanted as error:
        sys.exit(f"{sys.argv[1]}: {error}")
