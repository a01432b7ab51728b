#include "config/document.h"

#include <gtest/gtest.h>

#include "tests/config/configuration_folder.h"

namespace truerelay::config {
namespace {

// The place of the first key named `key`, looked for everywhere in the tree.
Position place_of(const Node& node, std::string_view key) {
  for (const Member& member : node.members) {
    const Position inside = member.key == key ? member.at : place_of(member.value, key);
    if (inside.line != 0) {
      return inside;
    }
  }
  for (const Node& item : node.items) {
    if (const Position inside = place_of(item, key); inside.line != 0) {
      return inside;
    }
  }
  return {};
}

TEST(Document, KnowsWhereEachKeyStands) {
  const auto document = parse_document("x.toml",
                                       "# a comment\n"
                                       "plain = 1\n"
                                       "  indented=2\r\n"
                                       "\"in quotes\"\t=\t'x'\n"
                                       "dot.ted = true\n"
                                       "inline = { first = 1, second = [1, 2] }\n"
                                       "[header]\n"
                                       "below = 1.5\n"
                                       "[[ list ]]\n"
                                       "last = 1979-05-27");
  ASSERT_TRUE(document) << describe(document.error());
  const std::vector<std::tuple<std::string_view, unsigned, unsigned>> expected = {
      {"plain", 2, 1},  {"indented", 3, 3}, {"in quotes", 4, 1}, {"ted", 5, 5},
      {"inline", 6, 1}, {"first", 6, 12},   {"second", 6, 23},   {"header", 7, 2},
      {"below", 8, 1},  {"list", 9, 4},     {"last", 10, 1}};
  for (const auto& [key, line, column] : expected) {
    const Position at = place_of(document->root, key);
    EXPECT_EQ(at.line, line) << key;
    EXPECT_EQ(at.column, column) << key;
  }
}

TEST(Document, HoldsValuesOfEveryKindInTheOrderOfTheFile) {
  const auto document = parse_document(
      "x.toml", "s = \"t\\u00FC\"\ni = -5\nf = 1.5\nb = true\nd = 1979-05-27\na = ['x']\n[t]\n");
  ASSERT_TRUE(document) << describe(document.error());
  const auto& members = document->root.members;
  ASSERT_EQ(members.size(), 7U);
  EXPECT_EQ(members[0].value.text, "t\xC3\xBC");
  EXPECT_EQ(members[1].value.integer, -5);
  EXPECT_EQ(members[2].value.kind, Node::Kind::real);
  EXPECT_TRUE(members[3].value.boolean);
  EXPECT_EQ(members[4].value.kind, Node::Kind::date_or_time);
  EXPECT_EQ(members[5].value.items.at(0).text, "x");
  EXPECT_EQ(members[6].value.kind, Node::Kind::table);
}

TEST(Document, IsReadWithAByteOrderMarkWithoutALastLineEndAndEmpty) {
  for (const std::string text : {"\xEF\xBB\xBFkey = 1\r\n", "key = 1", "", "# only a comment"}) {
    const auto document = parse_document("x.toml", text);
    ASSERT_TRUE(document) << text;
    EXPECT_EQ(document->root.at.line, 1U);
  }
  EXPECT_EQ(parse_document("x.toml", "\xEF\xBB\xBFkey = 1")->root.members.at(0).at.column, 1U);
}

TEST(Description, PointsAtThePlace) {
  const Error error{.file = "conf/truerelay.toml",
                    .line = 12,
                    .column = 3,
                    .source = "  adress = 1",
                    .message = "unknown key"};
  EXPECT_EQ(describe(error), "conf/truerelay.toml:12:3: error: unknown key\n    adress = 1\n    ^");
  EXPECT_TRUE(describe(error, "warning").starts_with("conf/truerelay.toml:12:3: warning: "));
}

TEST(Description, OfAWholeFileHasNoPlace) {
  EXPECT_EQ(describe({.file = "a.toml", .line = 0, .column = 0, .message = "cannot be read"}),
            "a.toml: error: cannot be read");
}

TEST(Description, PutsTheCaretRightAfterTabsAndLongCharacters) {
  EXPECT_EQ(
      describe({.file = "a", .line = 1, .column = 7, .source = "\tk\xC3\xBC = x", .message = "m"}),
      "a:1:7: error: m\n  \tk\xC3\xBC = x\n  \t    ^");
}

TEST(Description, ShowsNoControlCharactersOfTheFile) {
  const auto document = parse_document("a", "ok = 1\nbad = \x1b[2J\n");
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().source, "bad = ?[2J");
}

TEST(Description, NeverShowsASecretThatSomebodyWroteIntoTheFile) {
  for (const std::string line : {"password = \"hunter2", "Passwd=hunter2", "password \"hunter2\"",
                                 "  client_secret = hunter2", "token = {hunter2"}) {
    const auto document = parse_document("a", line);
    ASSERT_FALSE(document) << line;
    EXPECT_EQ(describe(document.error()).find("hunter2"), std::string::npos)
        << describe(document.error());
  }
}

using DocumentFile = ConfigurationFolder;

TEST_F(DocumentFile, SaysWhyItCannotBeRead) {
  const auto missing = read_document(folder_ / "missing.toml");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message,
            "there is no such file; begin with a copy of conf/truerelay.toml, or name another with "
            "--config FILE");
  const auto directory = read_document(folder_);
  ASSERT_FALSE(directory);
  EXPECT_EQ(directory.error().message, "this is a folder, not a file");
}

TEST_F(DocumentFile, IsAtMostOneMebibyte) {
  const std::string comment(kLargestFile, '#');
  write("large.toml", comment);
  EXPECT_TRUE(read_document(folder_ / "large.toml"));
  write("large.toml", comment + "#");
  const auto document = read_document(folder_ / "large.toml");
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().message, "is larger than 1 MiB, which no configuration needs");
}

}  // namespace
}  // namespace truerelay::config
