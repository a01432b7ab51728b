#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/ascii.h"
#include "tests/smtp/parsed.h"

// The attack list, section 6: commands whose arguments try to become commands, or claims, at the
// upstream.

namespace truerelay::smtp::test {
namespace {

using std::string_view_literals::operator""sv;

const Capabilities kEverything{
    .eight_bit_mime = true, .smtp_utf8 = true, .dsn = true, .size_offered = true};

// What a line becomes on its way upstream; the refusal where it does not get there.
std::string upstream(std::string_view line) {
  const std::expected<Command, Reply> command = parse_command(line);
  if (!command) {
    return one_line(command.error()).substr(0, 9);
  }
  if (const Mail* mail = std::get_if<Mail>(&*command)) {
    return serialize(*mail, kEverything);
  }
  if (const Recipient* recipient = std::get_if<Recipient>(&*command)) {
    return serialize(*recipient, kEverything);
  }
  return "nothing";
}

struct Line {
  std::string_view line;
  std::string_view upstream;
};

constexpr Line kLines[] = {
    {"MAIL FROM:<a@x>\nRCPT TO:<b@y>\r\n"sv, "501 5.1.7"},
    {"MAIL FROM:<a@x\rRCPT TO:<b@y>>\r\n"sv, "501 5.1.7"},
    {"MAIL FROM:<a@x> SIZE=1\0\r\n"sv, "501 5.5.4"},
    {"MAIL FROM:<a@x> \0\r\n"sv, "501 5.5.4"},
    {"MAIL FROM:<a@x>\0\r\n"sv, "501 5.1.7"},
    {"MAIL FROM:<a@x>\r\r\n"sv, "501 5.1.7"},
    {"MAIL FROM:<a@x> AUTH=<evil@x>\r\n"sv, "MAIL FROM:<a@x>\r\n"},
    {"MAIL FROM:<\"a\r\nDATA\"@x>\r\n"sv, "501 5.1.7"},
    {"MAIL FROM:<\"a\r\n"sv, "501 5.1.7"},
    {"MAIL FROM:<\"a b\"@x>\r\n"sv, "MAIL FROM:<\"a b\"@x>\r\n"},
    {"MAIL FROM:<\"a>b\"@x>\r\n"sv, "MAIL FROM:<\"a>b\"@x>\r\n"},
    {"MAIL FROM:<@relay:a@x>\r\n"sv, "MAIL FROM:<a@x>\r\n"},
    {"RCPT TO:<a%b@x>\r\n"sv, "RCPT TO:<a%b@x>\r\n"},
    {"RCPT TO:<a!b>\r\n"sv, "501 5.1.3"},
    {"RCPT TO:<a@b@c>\r\n"sv, "501 5.1.3"},
    {"RCPT TO:<>\r\n"sv, "501 5.1.3"},
    {"RCPT TO:<postmaster>\r\n"sv, "RCPT TO:<postmaster>\r\n"},
    {"RCPT TO:a@x\r\n"sv, "RCPT TO:<a@x>\r\n"},
    {"RCPT TO:<a@x> NOTIFY=NEVER ORCPT=rfc822;a+0D+0Ab\r\n"sv,
     "RCPT TO:<a@x> NOTIFY=NEVER ORCPT=rfc822;a+0D+0Ab\r\n"},
    {"EHLO a\0b\r\n"sv, "501 5.5.4"},
    {"EHLO a\x1B[2J\r\n"sv, "501 5.5.4"},
    {"HELO\r\n"sv, "501 5.5.4"},
    {"EHLO b\xC3\xBCro\r\n"sv, "501 5.5.4"},
    {"XCLIENT ADDR=1.2.3.4\r\n"sv, "502 5.5.1"},
    {"XFORWARD ADDR=1.2.3.4\r\n"sv, "502 5.5.1"},
    {"ETRN x\r\n"sv, "502 5.5.1"},
    {"TURN\r\n"sv, "502 5.5.1"},
    {"VRFY a\r\n"sv, "nothing"},
    {"EXPN a\r\n"sv, "nothing"},
    {"HELP\r\n"sv, "nothing"},
    {"RSET\nDATA\r\n"sv, "500 5.5.2"},
    {"NOOP \x01\r\n"sv, "501 5.5.4"},
    {"AUTH PLAIN\x01\r\n"sv, "501 5.5.4"},
};

TEST(AttackListSection6Commands, GoUpstreamAsParsedValuesOrNotAtAll) {
  for (const Line& line : kLines) {
    EXPECT_EQ(upstream(line.line), line.upstream) << line.line;
  }
}

// Whatever one byte does to a command: no control byte gets through, and one line stays one line.
TEST(AttackListSection6Commands, NoByteAtAnyPlaceMakesASecondLine) {
  constexpr std::string_view kCommands[] = {
      "MAIL FROM:<a@x.example> SIZE=10 BODY=8BITMIME RET=FULL ENVID=q AUTH=<>",
      "MAIL FROM:<\"a b\"@x.example>",
      "RCPT TO:<@r:b@y.example> NOTIFY=NEVER ORCPT=rfc822;b@y.example",
      "RCPT TO: b@y.example",
      "EHLO client.example",
      "AUTH PLAIN AGEAYg==",
      "BDAT 10 LAST",
      "NOOP x",
  };
  for (const std::string_view command : kCommands) {
    for (std::size_t place = 0; place <= command.size(); ++place) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string line(command);
        line.insert(place, 1, static_cast<char>(byte));
        const std::string out = upstream(line + "\r\n");
        const bool control = ascii_control(static_cast<char>(byte));
        // An LF at the very end takes part in no line end but CRLF's: it stays inside.
        ASSERT_TRUE(!control || ascii_digit(out.front())) << line;
        ASSERT_TRUE(!out.contains('\n') || out.find("\r\n") == out.size() - 2) << line;
      }
    }
  }
}

TEST(AttackListSection6Commands, NoReplyEchoesAControlByte) {
  for (int byte = 0; byte < 256; ++byte) {
    for (const std::string& line :
         {std::string("X") + static_cast<char>(byte) + "\r\n",
          std::string("MAIL FROM:<a@x> X") + static_cast<char>(byte) + "=1\r\n",
          std::string("MAIL FROM:<a") + static_cast<char>(byte) + ">\r\n"}) {
      const std::expected<Command, Reply> command = parse_command(line);
      ASSERT_FALSE(command) << line;
      EXPECT_EQ(command.error().lines.size(), 1U);
      EXPECT_EQ(reply_text(command.error().lines.front()), command.error().lines.front());
    }
  }
}

}  // namespace
}  // namespace truerelay::smtp::test
