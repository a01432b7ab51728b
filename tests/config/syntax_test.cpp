#include <gtest/gtest.h>

#include "config/document.h"

namespace truerelay::config {
namespace {

// Line, column and message, of which the words depend on the release of the TOML library and the
// columns vary by a few where it stopped reading: `column` is the first it may be.
struct Mistake {
  std::string_view text;
  unsigned line;
  unsigned column;
  std::string_view words;
};

class Syntax : public testing::TestWithParam<Mistake> {};

TEST_P(Syntax, MistakesAreNamedWithTheirPlace) {
  const Mistake& mistake = GetParam();
  const auto document = parse_document("x.toml", std::string(mistake.text));
  ASSERT_FALSE(document) << mistake.text;
  const Error& error = document.error();
  EXPECT_EQ(error.line, mistake.line) << describe(error);
  EXPECT_GE(error.column, mistake.column) << describe(error);
  EXPECT_LE(error.column, mistake.column + 4) << describe(error);
  EXPECT_TRUE(error.message.starts_with("this is not TOML: ")) << describe(error);
  EXPECT_NE(error.message.find(mistake.words), std::string::npos) << describe(error);
  EXPECT_EQ(error.message.find('\n'), std::string::npos) << error.message;
  EXPECT_EQ(error.message.find("toml::"), std::string::npos) << error.message;
}

INSTANTIATE_TEST_SUITE_P(
    Common, Syntax,
    testing::Values(
        Mistake{"a = 1\nb = \"foo\nc = 2\n", 2, 5, "this string has no end on its line"},
        Mistake{"a = \"C:\\path\\x\"\n", 1, 5, "in \"...\" a backslash is written \\\\"},
        Mistake{"a = hello\n", 1, 5, "a value is expected here: a text in quotes"},
        Mistake{"a = \n", 1, 5, "a value is expected here"},
        Mistake{"a=TRUE\n", 1, 3, "true or false in lower-case letters"},
        Mistake{"a = 1 2\n", 1, 7, "newline"}, Mistake{"foo\n", 1, 4, "="},
        Mistake{"ok = 1\n[log\nx = 1\n", 2, 1, "key"}));

// The releases of the library point at different ends of the second definition.
TEST(SyntaxOfNames, GivenTwiceIsAnErrorAtTheSecond) {
  for (const std::string text : {"a = 1\na = 2\n", "[a]\n[a]\n", "[a]\nb = 1\nb = 1\n"}) {
    const auto document = parse_document("x.toml", text);
    ASSERT_FALSE(document) << text;
    EXPECT_EQ(document.error().message, "this is not TOML: this name is given twice");
    EXPECT_EQ(document.error().line, text.contains('b') ? 3U : 2U) << text;
  }
}

TEST(SyntaxOfRubbish, IsAnErrorAndNothingWorse) {
  for (const std::string& text :
       {std::string("\0\0\0", 3), std::string("\xFF\xFE\x00", 3),
        std::string("\x7F"
                    "ELF"),
        std::string("a = \"x\0y\"", 9), std::string("= = ="), std::string("[[[[[["),
        std::string("a = [[[[[["), std::string("{}"), std::string("\r")}) {
    const auto document = parse_document("x.toml", text);
    EXPECT_FALSE(document) << text;
  }
}

std::string times(std::size_t count, std::string_view text) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) {
    all += text;
  }
  return all;
}

TEST(SyntaxOfNesting, TooDeepIsAnErrorAtItsPlaceAndNotTheEndOfTheStack) {
  for (const std::size_t count : {std::size_t{51}, std::size_t{100'000}}) {
    for (const std::string& text :
         {"b = 1\na = " + times(count, "[") + times(count, "]"),
          "b = 1\na = " + times(count, "{a=") + "1" + times(count, "}"),
          "b = 1\n" + times(count, "a.") + "a = 1", "b = 1\n[" + times(count, "'a' . ") + "a]",
          "b = 1\na = " + times(count, "[{a=") + "1" + times(count, "}]")}) {
      const auto document = parse_document("x.toml", text);
      ASSERT_FALSE(document) << text.substr(0, 80);
      EXPECT_TRUE(document.error().message.starts_with("this stands in more than 50 lists"));
      EXPECT_EQ(document.error().line, 2U);
      EXPECT_GT(document.error().column, 50U);
    }
  }
}

TEST(SyntaxOfNesting, IsNotSeenInStringsAndComments) {
  const std::string many = times(100, "[");
  for (const std::string& text :
       {"a = \"" + many + "\"\n", "a = '" + many + "\\'\nb = [1]\n",
        "a = \"\"\"\n\"" + many + "\\\"\"\"\"\n", "a = '''\n'" + many + "'''\n",
        "#" + many + "\na = 1\n", "a = \"x\\\"" + many + "\"\n",
        "a = \"" + times(100, "a.") + "\"\n", "a = [\n" + times(100, "['['], # [\n") + "]\n",
        "a = " + times(48, "[") + times(48, "]") + "\n"}) {
    EXPECT_TRUE(parse_document("x.toml", text)) << text;
  }
}

}  // namespace
}  // namespace truerelay::config
