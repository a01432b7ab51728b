#include "net/socket_address.h"

#include <gtest/gtest.h>

namespace truerelay::net {
namespace {

TEST(SocketAddress, IsWrittenWithItsPort) {
  EXPECT_EQ(text(*literal("192.0.2.1", 25)), "192.0.2.1:25");
  EXPECT_EQ(text(*literal("2001:db8::1", 587)), "[2001:db8::1]:587");
  EXPECT_EQ(text(*literal("::ffff:192.0.2.1", 25)), "192.0.2.1:25");
}

TEST(SocketAddress, ANameIsNoLiteral) {
  EXPECT_FALSE(literal("localhost", 25).has_value());
  EXPECT_FALSE(literal("", 25).has_value());
  EXPECT_FALSE(literal("[::1]", 25).has_value());
  EXPECT_FALSE(literal("192.0.2.1%lo", 25).has_value());
  EXPECT_FALSE(literal(std::string("::1%lo\0x", 8), 25).has_value());
}

TEST(SocketAddress, ALinkLocalAddressKeepsItsInterface) {
  const auto address = literal("fe80::1%lo", 25);
  ASSERT_TRUE(address.has_value());
  EXPECT_NE(address->zone, 0U);
  EXPECT_EQ(text(*address), "[fe80::1%" + std::to_string(address->zone) + "]:25");
}

}  // namespace
}  // namespace truerelay::net
