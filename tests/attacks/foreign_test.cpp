#include <fmt/core.h>
#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>
#include <string_view>

#include "tests/attacks/bytes.h"
#include "tests/attacks/stage.h"

// What is not SMTP at all: a browser that was made to post commands (cross-protocol attacks, SSRF),
// TLS on the plaintext port, a load balancer. The connection ends before a line of it is obeyed.

namespace truerelay::attacks {
namespace {

using std::string_view_literals::operator""sv;

struct Protocol {
  std::string_view name;
  std::string_view bytes;
  std::string_view called;  // In the log line.
};
void PrintTo(const Protocol& protocol, std::ostream* out) { *out << protocol.name; }

constexpr std::string_view kSmtpBehind =
    "EHLO evil.example\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<victim@y.example>\r\nDATA\r\n"
    "Subject: x\r\n\r\ntext\r\n.\r\n";

constexpr Protocol kProtocols[] = {
    {"POST", "POST / HTTP/1.1\r\nHost: x\r\n\r\n"sv, "an HTTP request"},
    {"GET", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"sv, "an HTTP request"},
    {"PUT", "PUT /x HTTP/1.1\r\nHost: x\r\n\r\n"sv, "an HTTP request"},
    {"HEAD", "HEAD / HTTP/1.1\r\n\r\n"sv, "an HTTP request"},
    {"OPTIONS", "OPTIONS / HTTP/1.1\r\n\r\n"sv, "an HTTP request"},
    {"CONNECT", "CONNECT relay:25 HTTP/1.1\r\n\r\n"sv, "an HTTP request"},
    {"Host", "Host: x\r\n\r\n"sv, "an HTTP request"},
    {"HTTP_with_bare_LF", "post / HTTP/1.1\nHost: x\n\n"sv, "an HTTP request"},
    {"TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03\r\n"sv, "a TLS handshake"},
    {"PROXY", "PROXY TCP4 1.2.3.4 5.6.7.8 1 25\r\n"sv, "a PROXY protocol header"},
};

class Section6_ForeignProtocol : public testing::TestWithParam<Protocol> {
 protected:
  static void expect_turned_away(Stage& stage, const RawClient& client) {
    // The greeting, and one word of leave.
    const Replies heard = read_replies(client.heard());
    ASSERT_EQ(heard.codes(), (std::vector<int>{220, 500})) << visible(client.heard());
    EXPECT_TRUE(heard.whole.back().contains(GetParam().called)) << heard.whole.back();
    stage.run_for(std::chrono::minutes(2));
    EXPECT_TRUE(stage.upstream().untouched()) << visible(stage.upstream().received());
    ASSERT_EQ(stage.records().failures.size(), 1U);
    EXPECT_TRUE(stage.records().failures.front().reason.contains(GetParam().called));
  }
};

INSTANTIATE_TEST_SUITE_P(Of, Section6_ForeignProtocol, testing::ValuesIn(kProtocols),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST_P(Section6_ForeignProtocol, ends_the_connection_at_its_first_line) {
  Stage stage;
  RawClient& client = stage.connect();
  stage.hear(client);
  client.send(fmt::format("{}{}", GetParam().bytes, kSmtpBehind));
  stage.hear_to_end(client);
  expect_turned_away(stage, client);
}

TEST_P(Section6_ForeignProtocol, ends_the_connection_however_it_is_split) {
  for (std::size_t split = 1; split < GetParam().bytes.size(); ++split) {
    SCOPED_TRACE(split);
    Stage stage;
    RawClient& client = stage.connect();
    stage.hear(client);
    client.send(std::string(GetParam().bytes.substr(0, split)));
    client.send(fmt::format("{}{}", GetParam().bytes.substr(split), kSmtpBehind),
                std::chrono::milliseconds(1));
    stage.hear_to_end(client);
    expect_turned_away(stage, client);
  }
}

TEST_P(Section6_ForeignProtocol, ends_the_connection_even_behind_an_smtp_command) {
  Stage stage;
  RawClient& client = stage.connect();
  stage.hear(client);
  client.send(fmt::format("NOOP\r\n{}{}", GetParam().bytes, kSmtpBehind));
  stage.hear_to_end(client);
  EXPECT_EQ(read_replies(client.heard()).codes(), (std::vector<int>{220, 250, 500}));
  stage.run_for(std::chrono::minutes(2));
  EXPECT_TRUE(stage.upstream().untouched()) << visible(stage.upstream().received());
}

TEST_P(Section6_ForeignProtocol, ends_the_connection_when_it_comes_before_the_greeting) {
  Stage stage;
  RawClient& client = stage.connect(fmt::format("{}{}", GetParam().bytes, kSmtpBehind));
  stage.hear_to_end(client);
  expect_turned_away(stage, client);
}

}  // namespace
}  // namespace truerelay::attacks
