#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "smtp/command.h"

// The attack list, section 6: other protocols at the door.

namespace truerelay::smtp {
namespace {

using std::string_view_literals::operator""sv;

std::string foreign(std::string_view first_bytes) {
  const std::optional<Foreign> found = looks_foreign(first_bytes);
  return found ? found->what : "";
}

TEST(AttackListSection6Foreign, AnHttpRequestIsKnownByItsMethodOrItsHost) {
  for (const std::string_view bytes :
       {"POST / HTTP/1.1\r\nHost: x\r\n\r\nMAIL FROM:<a@x>\r\n", "GET ", "PUT /", "HEAD /",
        "OPTIONS *", "CONNECT x:25", "DELETE /", "PATCH /", "Host: x", "host:x", "get /"}) {
    EXPECT_EQ(foreign(bytes), "an HTTP request") << bytes;
  }
}

TEST(AttackListSection6Foreign, ATlsHandshakeIsKnownByThreeBytes) {
  EXPECT_EQ(foreign("\x16\x03\x01"), "a TLS handshake");
  EXPECT_EQ(foreign("\x16\x03\x03\x02\x00\x01"sv), "a TLS handshake");
  EXPECT_EQ(foreign("\x16\x03"), "");
  EXPECT_EQ(foreign("\x16\x02\x01"), "");
}

TEST(AttackListSection6Foreign, AProxyHeaderIsKnown) {
  EXPECT_EQ(foreign("PROXY TCP4 192.0.2.1 192.0.2.2 1 25\r\n"), "a PROXY protocol header");
}

TEST(AttackListSection6Foreign, SmtpIsNotForeign) {
  for (const std::string_view bytes : {"", "E", "EHLO x", "HELO x", "HELP", "G", "GET", "POST",
                                       "GETX ", "DATA", "quit\r\n", "PROXY", "Hos"}) {
    EXPECT_EQ(foreign(bytes), "") << bytes;
  }
}

TEST(AttackListSection6Foreign, AWholeLineIsACommandOfItsOwnKind) {
  for (const std::string_view line :
       {"GET / HTTP/1.1\r\n"sv, "Host: x\r\n"sv, "\x16\x03\x01\x00\xA5\x01\x00\x00\n"sv,
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 25\r\n"sv}) {
    const std::expected<Command, Reply> command = parse_command(line);
    ASSERT_TRUE(command);
    EXPECT_TRUE(std::holds_alternative<Foreign>(*command)) << line;
  }
}

}  // namespace
}  // namespace truerelay::smtp
