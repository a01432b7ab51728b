"""Who may include whom, and which folder may name which library: read from the includes."""

import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else ".")
PROXY = ROOT / "proxy"

# A folder and what it may include of ours, besides itself.
NEIGHBOURS = {
    "base": set(),
    "digest": set(),
    "io": {"base"},
    "smtp": {"base"},
    "platform": {"base", "io"},
    "vault": {"base", "platform"},
    "auth": {"base", "io"},
    "oauth": {"base", "digest", "io", "auth"},
    "observe": {"base", "io"},
    "net": {"base", "io", "platform"},
    "tls": {"base", "io", "platform"},
    "http": {"base", "io"},
    "egress": {"base", "io", "platform", "http"},
    "config": {"base", "io", "platform"},
    "relay": {"base", "digest", "io", "smtp", "auth", "observe"},
    "sandbox": {"base", "io", "smtp", "auth"},
}
NEIGHBOURS["app"] = set(NEIGHBOURS)
NEIGHBOURS["cli"] = set(NEIGHBOURS)

# Of auth and observe the relay sees interfaces, not what implements them.
RELAY_MAY_SEE = {"auth/credentials.h", "auth/local_users.h", "auth/mechanism.h", "observe/events.h"}

# A library's headers, the only folders that may include them, and in how many files of each.
LIBRARIES = {
    r"uv\.h": ({"net"}, None),
    r"openssl/.*": ({"tls"}, None),
    r"toml\.hpp|toml/.*": ({"config"}, 1),
    r"highwayhash/.*": ({"digest"}, None),
    r"sodium(\.h|/.*)": ({"base", "digest", "vault"}, None),
    r"spdlog/.*": ({"observe"}, 1),
    r"nlohmann/.*": ({"oauth", "observe", "sandbox"}, 1),
    r"CLI/.*": ({"cli"}, 1),
    r"boost/.*": ({"http"}, 1),
}

LONGEST_FILE = 500
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]', re.MULTILINE)


def sources():
    return sorted(path for path in PROXY.rglob("*") if path.suffix in {".h", ".cpp"})


def includes(path):
    return [(kind, name) for kind, name in INCLUDE.findall(path.read_text(encoding="utf-8"))]


class TheHouse(unittest.TestCase):
    def test_there_are_sources_to_look_at(self):
        self.assertGreater(len(sources()), 50)

    def test_every_folder_has_its_rule(self):
        folders = {path.name for path in PROXY.iterdir() if path.is_dir()}
        self.assertEqual(folders - set(NEIGHBOURS), set())

    def test_a_folder_includes_only_its_neighbours(self):
        for path in sources():
            folder = path.relative_to(PROXY).parts[0]
            if folder == "main.cpp":
                continue
            for kind, name in includes(path):
                if kind == '"':
                    target = name.split("/")[0]
                    with self.subTest(file=str(path.relative_to(ROOT)), includes=name):
                        self.assertTrue((PROXY / name).is_file(), "it is not under proxy/")
                        self.assertIn(target, NEIGHBOURS[folder] | {folder})

    def test_the_relay_sees_interfaces_only(self):
        for path in (PROXY / "relay").glob("*"):
            if path.suffix not in {".h", ".cpp"}:
                continue
            for _, name in includes(path):
                if name.split("/")[0] in {"auth", "observe"}:
                    with self.subTest(file=path.name):
                        self.assertIn(name, RELAY_MAY_SEE)

    def test_only_its_own_folder_names_a_library(self):
        users = {}
        for path in sources():
            folder = path.relative_to(PROXY).parts[0]
            for kind, name in includes(path):
                for pattern, (owners, _) in LIBRARIES.items():
                    if kind == "<" and re.fullmatch(pattern, name):
                        users.setdefault((pattern, folder), set()).add(path)
                        with self.subTest(file=str(path.relative_to(ROOT)), includes=name):
                            self.assertIn(folder, owners)
        for (pattern, folder), files in users.items():
            most = LIBRARIES[pattern][1]
            with self.subTest(library=pattern, folder=folder):
                self.assertTrue(most is None or len(files) <= most)

    def test_heavy_libraries_stay_out_of_headers(self):
        for path in sources():
            for _, name in includes(path):
                with self.subTest(file=str(path.relative_to(ROOT)), includes=name):
                    heavy = re.fullmatch(r"(toml|spdlog|nlohmann|boost|CLI)(\.hpp|/.*)", name)
                    self.assertFalse(path.suffix == ".h" and heavy)

    def test_posix_headers_stay_in_platform(self):
        posix = {"unistd.h", "fcntl.h", "signal.h", "netdb.h", "poll.h", "pwd.h"}
        for path in sources():
            if path.stem.endswith("_posix"):
                continue
            for _, name in includes(path):
                with self.subTest(file=str(path.relative_to(ROOT)), includes=name):
                    system = name in posix or name.startswith(("sys/", "arpa/", "netinet/"))
                    self.assertFalse(system)

    def test_no_file_is_too_long(self):
        for path in sources():
            with self.subTest(file=str(path.relative_to(ROOT))):
                lines = path.read_text(encoding="utf-8").count("\n")
                self.assertLessEqual(lines, LONGEST_FILE)


if __name__ == "__main__":
    unittest.main()
