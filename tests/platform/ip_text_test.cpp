#include "platform/ip_text.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace truerelay::platform {
namespace {

using namespace std::string_view_literals;

TEST(IpText, WritesAddressesInTheirCanonicalForm) {
  struct Case {
    std::string_view text;
    std::string_view canonical;
  };
  for (const Case& one :
       {Case{"192.0.2.1", "192.0.2.1"}, Case{"0.0.0.0", "0.0.0.0"}, Case{"::1", "::1"},
        Case{"::", "::"}, Case{"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
        Case{"::ffff:192.0.2.1", "192.0.2.1"}, Case{"::FFFF:C000:0201", "192.0.2.1"}}) {
    const auto address = parse_ip(one.text);
    ASSERT_TRUE(address.has_value()) << one.text;
    EXPECT_EQ(ip_text(*address), one.canonical);
  }
}

TEST(IpText, TheMappedFormIsTheIPv4Address) {
  EXPECT_EQ(parse_ip("::ffff:10.0.0.1"), parse_ip("10.0.0.1"));
  EXPECT_TRUE(parse_ip("127.0.0.1")->is_loopback());
  EXPECT_TRUE(parse_ip("::1")->is_loopback());
}

TEST(IpText, RefusesWhatIsNoAddress) {
  for (const std::string_view text :
       {""sv, "localhost"sv, "192.0.2"sv, "192.0.2.256"sv, "192.0.2.1:25"sv, "[::1]"sv,
        " 192.0.2.1"sv, "192.0.2.1 "sv, "192.0.2.1\0"sv, "010.0.0.1"sv, ":::"sv, "fe80::1%lo"sv,
        "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000"sv}) {
    EXPECT_FALSE(parse_ip(text).has_value()) << text;
  }
}

TEST(Network, CountsThePrefixInTheMappedForm) {
  EXPECT_EQ(parse_network("10.0.0.0/8")->length, 104U);
  EXPECT_EQ(parse_network("2001:db8::/32")->length, 32U);
  EXPECT_EQ(parse_network("192.0.2.1")->length, 128U);
  EXPECT_EQ(parse_network("::1")->length, 128U);
  EXPECT_EQ(parse_network("0.0.0.0/0")->length, 96U);
}

TEST(Network, MasksBitsBeyondThePrefix) {
  EXPECT_EQ(ip_text(parse_network("10.1.2.3/8")->address), "10.0.0.0");
  EXPECT_EQ(ip_text(parse_network("192.0.2.255/31")->address), "192.0.2.254");
  EXPECT_EQ(ip_text(parse_network("2001:db8:ffff::1/36")->address), "2001:db8:f000::");
}

TEST(Network, HoldsItsAddressesAndNoOthers) {
  const auto network = parse_network("172.16.0.0/12");
  ASSERT_TRUE(network.has_value());
  EXPECT_TRUE(network->contains(*parse_ip("172.31.255.255")));
  EXPECT_FALSE(network->contains(*parse_ip("172.32.0.0")));
  EXPECT_FALSE(parse_network("0.0.0.0/0")->contains(*parse_ip("2001:db8::1")));
  EXPECT_TRUE(parse_network("0.0.0.0/0")->contains(*parse_ip("255.255.255.255")));
}

TEST(Network, RefusesWhatIsNone) {
  for (const std::string_view text :
       {"", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8 ", "10.0.0.0/8/8",
        "2001:db8::/129", "/8", "10/8", "10.0.0.0/4294967304", "any"}) {
    EXPECT_FALSE(parse_network(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace truerelay::platform
