#include "vault/key.h"

#include <gtest/gtest.h>

#include "base/base64.h"

namespace truerelay::vault {
namespace {

TEST(AKey, ComesBackFromItsText) {
  const Key key = Key::draw();
  const Key again = Key::parse(key.text().reveal()).value();
  EXPECT_EQ(again.text().reveal(), key.text().reveal());
  EXPECT_EQ(again.id(), key.id());
  EXPECT_NE(Key::draw().id(), key.id());
}

TEST(AKey, IsExactly32OctetsInBase64) {
  EXPECT_FALSE(Key::parse(""));
  EXPECT_FALSE(Key::parse("correct horse"));
  EXPECT_FALSE(Key::parse(base64_encode(std::string(31, 'k'))));
  EXPECT_FALSE(Key::parse(base64_encode(std::string(33, 'k'))));
  EXPECT_TRUE(Key::parse(base64_encode(std::string(32, 'k'))));
}

// With the reference implementation: echo -n words | argon2 0123456789abcdef -id -t 3 -k 1024 -l 32
TEST(AKey, IsStretchedAsArgon2idSays) {
  Stretching how;
  std::ranges::copy(std::string_view("0123456789abcdef"), how.salt.begin());
  how.passes = 3;
  how.memory = 1024 * 1024;
  const Key key = Key::stretch("words", how).value();
  EXPECT_EQ(key.text().reveal(), "VipMeOdVcyYeDcrbE56fCm4FhL2MUpJ2JJ+0X7UfWyA=");
  EXPECT_EQ(Key::stretch("words", how)->id(), key.id());
  EXPECT_NE(Key::stretch("other words", how)->id(), key.id());
  how.salt[0] = 'x';
  EXPECT_NE(Key::stretch("words", how)->id(), key.id());
}

TEST(AKey, IsStretchedAtACostThatIsReasonable) {
  EXPECT_TRUE(Stretching::draw().reasonable());
  EXPECT_GE(Stretching::draw().memory, 64ULL * 1024 * 1024);
  EXPECT_NE(Stretching::draw().salt, Stretching::draw().salt);
  Stretching how;
  how.passes = 17;
  EXPECT_FALSE(how.reasonable());
  how = {};
  how.memory = 1025ULL * 1024 * 1024;
  EXPECT_FALSE(how.reasonable());
}

}  // namespace
}  // namespace truerelay::vault
