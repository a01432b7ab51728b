#include "base/ascii.h"

#include <gtest/gtest.h>

namespace truerelay {
namespace {

using std::string_view_literals::operator""sv;

TEST(Ascii, ComparesWithoutRegardToCase) {
  EXPECT_TRUE(ascii_equal("StartTLS", "STARTTLS"));
  EXPECT_FALSE(ascii_equal("MAIL", "MAILX"));
  EXPECT_FALSE(ascii_equal("[", "{")) << "only letters have case";
  EXPECT_TRUE(ascii_starts_with("mail FROM:", "MAIL from"));
  EXPECT_FALSE(ascii_starts_with("MAI", "MAIL"));
}

TEST(Ascii, ChangesLettersAndNothingElse) {
  EXPECT_EQ(ascii_upper("a-z_1@\xC3\xA4"), "A-Z_1@\xC3\xA4");
  EXPECT_EQ(ascii_lower("A-Z_1[\xC3\x84"), "a-z_1[\xC3\x84");
}

TEST(Ascii, TellsControlBytes) {
  EXPECT_TRUE(ascii_control('\0'));
  EXPECT_TRUE(ascii_control('\x1F'));
  EXPECT_TRUE(ascii_control('\x7F'));
  EXPECT_FALSE(ascii_control(' '));
  EXPECT_FALSE(ascii_control('\x80'));
}

// The attack list, section 9: text that is to steer a log or a terminal.
TEST(Printable, EscapesWhatWouldSteerALogOrATerminal) {
  EXPECT_EQ(printable("x\r\nMay 1 root: ok"), "x\\x0D\\x0AMay 1 root: ok");
  EXPECT_EQ(printable("\x1B[2J\x7F\0"sv), "\\x1B[2J\\x7F\\x00");
  EXPECT_EQ(printable("a\xE2\x80\xAE"
                      "b"),
            "a\\xE2\\x80\\xAE"
            "b")
      << "U+202E";
  EXPECT_EQ(printable("\xC2\x85\xE2\x80\xA8"), "\\xC2\\x85\\xE2\\x80\\xA8") << "NEL, U+2028";
  EXPECT_EQ(printable("say \"\\\""), "say \"\\\"");
  std::string line = "reply=";
  add_in_double_quotes(line, "say \"\\\"");
  EXPECT_EQ(line, "reply=\"say \\\"\\\\\\\"\"");
  EXPECT_EQ(printable("%n%s"), "%n%s");
}

TEST(Printable, KeepsWellFormedUtf8AndEscapesTheRest) {
  EXPECT_EQ(printable("B\xC3\xBCro \xE2\x82\xAC \xF0\x9F\x93\xA7"),
            "B\xC3\xBCro \xE2\x82\xAC \xF0\x9F\x93\xA7");
  EXPECT_EQ(printable("B\xFCro"), "B\\xFCro");
  EXPECT_EQ(printable("\xC0\x8A"), "\\xC0\\x8A") << "an overlong LF";
  EXPECT_EQ(printable("\xED\xA0\x80"), "\\xED\\xA0\\x80") << "a surrogate";
  EXPECT_EQ(printable("\xE2\x82"), "\\xE2\\x82");
}

TEST(Printable, CutsWhatIsLong) {
  EXPECT_EQ(printable("abcdef", 3), "abc...");
  EXPECT_EQ(printable("abc", 3), "abc");
  EXPECT_EQ(printable(std::string(1 << 20, 'x')).size(), 515U);
}

}  // namespace
}  // namespace truerelay
