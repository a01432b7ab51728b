#include "base/base64.h"

#include <gtest/gtest.h>

namespace truerelay {
namespace {

using std::string_view_literals::operator""sv;

struct Pair {
  std::string_view bytes;
  std::string_view text;
};

// RFC 4648 section 10, and bytes of SASL.
constexpr Pair kPairs[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
    {"\0a\0b"sv, "AGEAYg=="},
    {"\xFB\xFF\xBF"sv, "+/+/"},
};

TEST(Base64, GoesBothWays) {
  for (const Pair& pair : kPairs) {
    EXPECT_EQ(base64_encode(pair.bytes), pair.text);
    EXPECT_EQ(base64_decode(pair.text), pair.bytes);
  }
}

TEST(Base64, RefusesWhatIsNotExactlyBase64) {
  for (const std::string_view text :
       {"Zg"sv, "Zg="sv, "Zm9v\r\n"sv, "Zm 9v"sv, "Z==="sv, "===="sv, "Zg==Zg=="sv, "Zm9-"sv,
        "=Zg="sv, "Zg=a"sv, "Zm9\0"sv, "*"sv}) {
    EXPECT_EQ(base64_decode(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace truerelay
