#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/smtp/dot_dialogue.h"

namespace truerelay::smtp::test {
namespace {

using std::string_view_literals::operator""sv;

TEST(DotEncoder, StuffsADotAtEachLineStart) {
  EXPECT_EQ(encode(".\r\n..a\r\nb.c\r\n.d"), "..\r\n...a\r\nb.c\r\n..d\r\n.\r\n");
}

TEST(DotEncoder, EndsALineThatTheMessageLeftOpen) {
  EXPECT_EQ(encode("a"), "a\r\n.\r\n");
  EXPECT_EQ(encode("a\r\n"), "a\r\n.\r\n");
  EXPECT_EQ(encode("a\r\n\r\n"), "a\r\n\r\n.\r\n");
}

TEST(DotEncoder, MakesAnEmptyMessageJustTheEnd) { EXPECT_EQ(encode(""), ".\r\n"); }

TEST(DotEncoder, GivesTheSameForEverySplit) {
  const std::string_view content = ".a\r\n.\r\n\r\n..b\r\nc\r\n.";
  const std::string whole = encode(content);
  EXPECT_EQ(encode(content, every_byte(content.size())), whole);
  for (std::size_t split = 0; split <= content.size(); ++split) {
    EXPECT_EQ(encode(content, {split}), whole) << split;
  }
}

TEST(DotEncoder, IsUndoneByTheDecoder) {
  for (const std::string_view content : {""sv, ".\r\n"sv, "a\r\n.b\r\n..\r\n"sv, "\r\n.\r\n"sv}) {
    const Decoded decoded = decode(encode(content), LineEnds::reject);
    EXPECT_EQ(decoded.content, content);
    EXPECT_TRUE(decoded.finished);
    EXPECT_FALSE(decoded.refused);
  }
}

}  // namespace
}  // namespace truerelay::smtp::test
