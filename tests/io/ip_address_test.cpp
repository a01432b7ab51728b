#include "io/ip_address.h"

#include <gtest/gtest.h>

namespace truerelay::io {
namespace {

IpAddress v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
  return {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, a, b, c, d}};
}
IpAddress v6(std::uint8_t first, std::uint8_t second, std::uint8_t last) {
  return {{first, second, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last}};
}

TEST(IpAddress, KnowsIPv4ByItsMappedPrefix) {
  EXPECT_TRUE(v4(192, 0, 2, 1).is_v4());
  EXPECT_FALSE(v6(0x20, 0x01, 1).is_v4());
  EXPECT_FALSE(v6(0, 0, 1).is_v4());
}

TEST(IpAddress, LoopbackIsTheWholeOf127AndOneAddressOfIPv6) {
  EXPECT_TRUE(v4(127, 0, 0, 1).is_loopback());
  EXPECT_TRUE(v4(127, 255, 255, 254).is_loopback());
  EXPECT_TRUE(v6(0, 0, 1).is_loopback());
  EXPECT_FALSE(v4(128, 0, 0, 1).is_loopback());
  EXPECT_FALSE(v6(0, 0, 2).is_loopback());
  EXPECT_FALSE(v6(0xFE, 0x80, 1).is_loopback());
}

TEST(IpNetwork, HoldsWhatAgreesInItsPrefix) {
  const IpNetwork ten{v4(10, 0, 0, 0), 96 + 8};
  EXPECT_TRUE(ten.contains(v4(10, 255, 0, 1)));
  EXPECT_FALSE(ten.contains(v4(11, 0, 0, 0)));
  EXPECT_FALSE(ten.contains(v6(0x20, 0x01, 1)));
}

TEST(IpNetwork, PrefixesNeedNotEndAtAByte) {
  const IpNetwork twelve{v4(172, 16, 0, 0), 96 + 12};
  EXPECT_TRUE(twelve.contains(v4(172, 31, 255, 255)));
  EXPECT_FALSE(twelve.contains(v4(172, 32, 0, 0)));
  EXPECT_FALSE(twelve.contains(v4(172, 15, 255, 255)));
  const IpNetwork odd{v4(192, 0, 2, 254), 127};
  EXPECT_TRUE(odd.contains(v4(192, 0, 2, 255)));
  EXPECT_FALSE(odd.contains(v4(192, 0, 2, 253)));
}

TEST(IpNetwork, FullLengthIsOneAddressAndNoneIsAll) {
  const IpNetwork one{v4(192, 0, 2, 1), 128};
  EXPECT_TRUE(one.contains(v4(192, 0, 2, 1)));
  EXPECT_FALSE(one.contains(v4(192, 0, 2, 0)));
  const IpNetwork all{{}, 0};
  EXPECT_TRUE(all.contains(v4(192, 0, 2, 1)));
  EXPECT_TRUE(all.contains(v6(0x20, 0x01, 1)));
}

}  // namespace
}  // namespace truerelay::io
