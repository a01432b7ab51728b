#include "smtp/xtext.h"

#include <gtest/gtest.h>

namespace truerelay::smtp {
namespace {

using std::string_literals::operator""s;

TEST(Xtext, StandsForAnyBytes) {
  const std::string bytes = "a+b=c d\r\n\0\xFF~!"s;
  EXPECT_EQ(encode_xtext(bytes), "a+2Bb+3Dc+20d+0D+0A+00+FF~!");
  EXPECT_EQ(decode_xtext(encode_xtext(bytes)), bytes);
  EXPECT_EQ(decode_xtext(""), "");
}

TEST(Xtext, TakesSmallHexadecimalDigits) { EXPECT_EQ(decode_xtext("+2b"), "+"); }

TEST(Xtext, RefusesWhatIsNotXtext) {
  for (const std::string& text :
       {"a b"s, "a=b"s, "+"s, "a+2"s, "+GG"s, "+2G"s, "a\0"s, "\x7F"s, "\xC3\xA4"s, "\t"s}) {
    EXPECT_FALSE(is_xtext(text)) << text;
  }
}

}  // namespace
}  // namespace truerelay::smtp
