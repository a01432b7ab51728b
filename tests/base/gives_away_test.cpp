#include "base/gives_away.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "base/base64.h"

namespace truerelay {
namespace {

const std::string kText = "pa55 w=rd/&+of-the~upstream";

bool tells(std::string_view text) { return gives_away(text, Redacted(std::string(kText))); }

std::string escaped(std::string_view text, const char* how) {
  std::string out;
  for (const char c : text) {
    out += fmt::format(fmt::runtime(how), static_cast<unsigned>(static_cast<unsigned char>(c)));
  }
  return out;
}

TEST(GivesAway, WhateverHoldsTheSecret) {
  EXPECT_TRUE(tells(kText));
  EXPECT_TRUE(tells("5.7.8 Not \"" + kText + "\"!"));
  EXPECT_TRUE(tells("client_secret=" + escaped(kText, "%{:02X}")));
  EXPECT_TRUE(tells(escaped(kText, "%{:02x}")));
  EXPECT_TRUE(tells("pa55%20w%3Drd%2F%26%2Bof-the~upstream"));
  EXPECT_TRUE(tells("0x" + escaped(kText, "{:02x}")));
  EXPECT_TRUE(tells(escaped(kText, "{:02X}")));
}

TEST(GivesAway, Base64OfAnyAlignmentAndEitherAlphabet) {
  for (const std::string before : {"", "a", "ab", "abc", "user=erp\x01"}) {
    for (const std::string behind : {"", "\x01", "\x01\x01", "and more"}) {
      EXPECT_TRUE(tells("AUTH PLAIN " + base64_encode(before + kText + behind)));
      EXPECT_TRUE(tells(base64url_encode(before + kText + behind)));
    }
  }
}

TEST(GivesAway, AGoodPartOfIt) {
  EXPECT_TRUE(tells("it begins with " + kText.substr(0, 12)));
  EXPECT_TRUE(tells("it ends in " + kText.substr(kText.size() - 12)));
  EXPECT_FALSE(tells("it begins with " + kText.substr(0, 11)));
}

TEST(GivesAway, ShortSecretsAsAWhole) {
  EXPECT_TRUE(gives_away("not hunter2!", Redacted("hunter2")));
  EXPECT_TRUE(gives_away("not aHVudGVyMg==", Redacted("hunter2")));
  EXPECT_FALSE(gives_away("not hunter", Redacted("hunter2")));
  EXPECT_FALSE(gives_away("a b c", Redacted("a b")));
  EXPECT_FALSE(gives_away("anything", Redacted()));
}

TEST(GivesAway, NothingElse) {
  for (const char* text :
       {"", "5.7.3 Authentication unsuccessful", "%", "%4", "%zz", "of-the upstream",
        "534 5.7.9 Application-specific password required. Learn more at https://a.example/?p=x"}) {
    EXPECT_FALSE(tells(text)) << text;
  }
}

}  // namespace
}  // namespace truerelay
