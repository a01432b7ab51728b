"""The table of lies against the sources that they are planted in: it stays current with them."""

import pathlib
import sys
import unittest

from plant import NotPlanted, planted, read_lie

ROOT = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else ".")
FILES = sorted((pathlib.Path(__file__).parent / "lies").glob("*.toml"))


class TheLies(unittest.TestCase):
    def test_there_are_enough_of_them(self):
        self.assertGreaterEqual(len(FILES), 25)

    def test_each_can_be_planted(self):
        for path in FILES:
            with self.subTest(lie=path.stem):
                lie = read_lie(path)
                planted(lie, (ROOT / lie["file"]).read_text(encoding="utf-8"))

    def test_each_alters_a_part_that_keeps_the_rules(self):
        for path in FILES:
            with self.subTest(lie=path.stem):
                folder = pathlib.PurePath(read_lie(path)["file"]).parent
                self.assertIn(str(folder), {"proxy/relay", "proxy/smtp", "proxy/auth"})

    def test_each_names_what_the_oracle_is_to_say(self):
        for path in FILES:
            with self.subTest(lie=path.stem):
                caught = read_lie(path)["caught"]
                self.assertTrue(caught and all(len(sentence) > 10 for sentence in caught))

    def test_every_rule_of_truth_is_broken_by_one(self):
        broken = {read_lie(path)["rule"] for path in FILES}
        self.assertEqual(broken, {f"T{number}" for number in range(1, 9)})


class Planting(unittest.TestCase):
    LIE = {"file": "a.cpp", "find": "if (sent) {", "replace": "if (!sent) {"}

    def test_replaces_the_one_passage(self):
        self.assertEqual(planted(self.LIE, "x\nif (sent) {\ny"), "x\nif (!sent) {\ny")

    def test_refuses_a_passage_that_is_gone(self):
        with self.assertRaisesRegex(NotPlanted, "0 times"):
            planted(self.LIE, "if (received) {")

    def test_refuses_a_passage_that_stands_twice(self):
        with self.assertRaisesRegex(NotPlanted, "2 times"):
            planted(self.LIE, "if (sent) {\n}\nif (sent) {\n}")

    def test_refuses_to_replace_a_passage_by_itself(self):
        with self.assertRaises(NotPlanted):
            planted(self.LIE | {"replace": self.LIE["find"]}, "if (sent) {")


if __name__ == "__main__":
    unittest.main()
