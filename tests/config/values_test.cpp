#include "config/values.h"

#include <gtest/gtest.h>

#include <chrono>

namespace truerelay::config {
namespace {

using namespace std::chrono_literals;

TEST(ADuration, HasAUnit) {
  EXPECT_EQ(parse_duration("500ms").value_or(0ms), 500ms);
  EXPECT_EQ(parse_duration("30s").value_or(0ms), 30s);
  EXPECT_EQ(parse_duration("5m").value_or(0ms), 5min);
  EXPECT_EQ(parse_duration("1h").value_or(0ms), 1h);
}

TEST(ADuration, IsNothingElse) {
  for (const std::string_view text :
       {"", "s", "30 s", "-1s", "+1s", "1.5s", "30S", "30sec", "1h30m", " 30s", "30s ",
        "99999999999999999999s", "18446744073709551615h", "0x10s"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(ADuration, IsWrittenInTheLargestUnitThatFits) {
  EXPECT_EQ(duration_text(0ms), "0s");
  EXPECT_EQ(duration_text(1500ms), "1500ms");
  EXPECT_EQ(duration_text(90s), "90s");
  EXPECT_EQ(duration_text(2h), "2h");
}

TEST(ADuration, OfSecondsIsBounded) {
  EXPECT_EQ(duration_of_seconds(30).value_or(0ms), 30s);
  EXPECT_FALSE(duration_of_seconds(-1));
  EXPECT_FALSE(duration_of_seconds(INT64_MAX));
}

TEST(ASize, KnowsBothKindsOfKilo) {
  EXPECT_EQ(parse_size("4096").value_or(0), 4096U);
  EXPECT_EQ(parse_size("256KiB").value_or(0), 262'144U);
  EXPECT_EQ(parse_size("256KB").value_or(0), 256'000U);
  EXPECT_EQ(parse_size("35MB").value_or(0), 35'000'000U);
  EXPECT_EQ(parse_size("150MiB").value_or(0), 157'286'400U);
  EXPECT_EQ(parse_size("2GiB").value_or(0), 2'147'483'648U);
}

TEST(ASize, IsNothingElse) {
  for (const std::string_view text :
       {"", "MB", "1 MB", "-1", "1.5MB", "1mb", "1TB", "99999999999GiB", "18446744073709551616"}) {
    EXPECT_FALSE(parse_size(text)) << text;
  }
}

TEST(ASize, IsWrittenInTheLargestUnitThatFits) {
  EXPECT_EQ(size_text(0), "0");
  EXPECT_EQ(size_text(1025), "1025");
  EXPECT_EQ(size_text(262'144), "256KiB");
  EXPECT_EQ(size_text(5'000'000), "5MB");
}

TEST(AListenAddress, IsAnAddressLiteralWithAPort) {
  const auto v4 = parse_listen_address("127.0.0.1:2525");
  ASSERT_TRUE(v4);
  EXPECT_EQ(v4->host, "127.0.0.1");
  EXPECT_EQ(v4->port, 2525);
  const auto v6 = parse_listen_address("[2001:db8::1]:25");
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->host, "2001:db8::1");
  EXPECT_EQ(v6->port, 25);
}

TEST(AListenAddress, IsNothingElse) {
  for (const std::string_view text :
       {"", "2525", ":2525", "*:25", "localhost:25", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0",
        "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:25x", "::1:25", "[::1]", "[::1]25",
        "[127.0.0.1]:25", "[]:25", "[::1:25", "256.0.0.1:25"}) {
    EXPECT_FALSE(parse_listen_address(text)) << text;
  }
}

TEST(AName, IsOfLowerCaseLettersDigitsAndTwoSigns) {
  EXPECT_EQ(fault_of_name("office-365_b"), std::nullopt);
  EXPECT_EQ(fault_of_name(std::string(64, 'a')), std::nullopt);
  for (const std::string& name : {std::string(), std::string(65, 'a'), std::string("Office"),
                                  std::string("a b"), std::string("../x"), std::string("ä")}) {
    EXPECT_TRUE(fault_of_name(name)) << name;
  }
}

TEST(AHost, IsADnsNameOrAnAddressLiteral) {
  for (const std::string_view host : {"smtp.office365.com", "localhost", "mail_1.example.", "a",
                                      "192.0.2.1", "2001:db8::1", "xn--bcher-kva.example"}) {
    EXPECT_EQ(fault_of_host(host), std::nullopt) << host;
  }
}

TEST(AHost, IsNothingElse) {
  for (const std::string& host :
       {std::string(), std::string("smtp://a"), std::string("a:25"), std::string("[::1]"),
        std::string("a b"), std::string("a..b"), std::string(".a"),
        std::string("b\xC3\xBC.example"), std::string("192.0.2"), std::string("192.0.2.256"),
        std::string(64, 'a') + ".example", std::string("a\r\nb"), std::string("a/b")}) {
    EXPECT_TRUE(fault_of_host(host)) << host;
  }
}

TEST(AHost, MayBeThisMachine) {
  for (const std::string_view host : {"localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "::1"}) {
    EXPECT_TRUE(is_loopback(host)) << host;
  }
  for (const std::string_view host : {"localhost.example", "128.0.0.1", "0.0.0.0", "::", ""}) {
    EXPECT_FALSE(is_loopback(host)) << host;
  }
}

}  // namespace
}  // namespace truerelay::config
