#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/attacks/bytes.h"
#include "tests/attacks/identities.h"
#include "tests/attacks/stage.h"

// STARTTLS that truerelay itself offers (CVE-2011-0411, CVE-2024-34083): what somebody in between
// puts behind the command in plaintext is not heard as if it had come over TLS.

namespace truerelay::attacks {
namespace {

using std::string_literals::operator""s;
using std::string_view_literals::operator""sv;
using Lines = std::vector<std::string>;

const Trusted& trusted() {
  static const Trusted instance;
  return instance;
}

Setting offering() {
  Setting setting;
  setting.listener.tls = relay::Tls::starttls;
  setting.listener_identity = serving(trusted().certificate_for("relay.example"));
  return setting;
}

// A client that has come as far as the handshake.
RawClient& secured(Stage& stage, io::TlsClient& tls) {
  RawClient& client = stage.greeted();
  client.secure_at_220(tls);
  EXPECT_TRUE(stage.ask(client, "STARTTLS\r\n").starts_with("220 "));
  stage.run_for(std::chrono::seconds(1));
  EXPECT_TRUE(client.secured()) << client.handshake_failure();
  return client;
}

struct Injection {
  std::string_view name;
  std::string bytes;  // Behind STARTTLS.
};
void PrintTo(const Injection& injection, std::ostream* out) { *out << injection.name; }

const std::vector<Injection>& injections() {
  static const std::vector<Injection> all = {
      {"EHLO", "EHLO commandinjectiontester\r\n"},
      {"NOOP", "NOOP commandinjectiontester\r\n"},
      {"MAIL", "MAIL FROM:<a@x>\r\n"},
      {"a_whole_message",
       "EHLO x\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nDATA\r\n"
       "text\r\n.\r\n"},
      {"AUTH", "AUTH PLAIN AGEAYg==\r\n"},
      {"RSET", "RSET\r\n"},
      {"QUIT", "QUIT\r\n"},
      {"STARTTLS_again", "STARTTLS\r\n"},
      {"one_byte", "X"},
      {"a_line_end", "\r\n"},
      {"NUL", "\0"s},
      {"the_beginning_of_a_handshake", "\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03"s},
      {"64_KiB", std::string(64 * 1024, 'X')},
  };
  return all;
}

class Section4_InjectionBehindStartTls : public testing::TestWithParam<Injection> {
 protected:
  static void expect_nothing_of_it(Stage& stage, const RawClient& client) {
    EXPECT_TRUE(client.ended());
    EXPECT_FALSE(client.secured());
    stage.run_for(std::chrono::minutes(6));
    EXPECT_EQ(stage.sessions(), 0U);
    EXPECT_TRUE(stage.upstream().untouched()) << visible(stage.upstream().received());
    ASSERT_EQ(stage.records().failures.size(), 1U);
  }
};

INSTANTIATE_TEST_SUITE_P(Of, Section4_InjectionBehindStartTls, testing::ValuesIn(injections()),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST_P(Section4_InjectionBehindStartTls, in_one_segment_ends_the_session_before_the_handshake) {
  Stage stage(offering());
  RawClient& client = stage.greeted();
  client.send("STARTTLS\r\n" + GetParam().bytes);
  const std::string heard = stage.hear_to_end(client);
  EXPECT_EQ(read_replies(heard).codes(), std::vector<int>{554}) << visible(heard);
  EXPECT_TRUE(heard.starts_with("554 5.5.1 "));
  expect_nothing_of_it(stage, client);
}

// What comes when 220 has been said is taken for TLS, and is none.
TEST_P(Section4_InjectionBehindStartTls, behind_the_220_fails_the_handshake) {
  Stage stage(offering());
  RawClient& client = stage.greeted();
  EXPECT_TRUE(stage.ask(client, "STARTTLS\r\n").starts_with("220 "));
  client.send(GetParam().bytes);
  client.send("EHLO x\r\nNOOP\r\n", std::chrono::seconds(1));
  EXPECT_EQ(read_replies(stage.hear_to_end(client)).codes(), std::vector<int>{});
  expect_nothing_of_it(stage, client);
}

TEST_P(Section4_InjectionBehindStartTls, however_it_is_split_is_not_obeyed) {
  const std::string bytes = "STARTTLS\r\n" + GetParam().bytes.substr(0, 200);
  for (std::size_t split = 1; split < bytes.size(); ++split) {
    SCOPED_TRACE(split);
    Stage stage(offering());
    RawClient& client = stage.greeted();
    client.send(bytes.substr(0, split));
    client.send(bytes.substr(split), std::chrono::milliseconds(1));
    const std::vector<int> codes = read_replies(stage.hear_to_end(client)).codes();
    // Refused, or taken for a handshake.
    ASSERT_EQ(codes.size(), 1U);
    EXPECT_TRUE(codes.front() == 554 || codes.front() == 220);
    stage.run_for(std::chrono::minutes(6));
    EXPECT_TRUE(stage.upstream().untouched()) << visible(stage.upstream().received());
  }
}

// --- The command itself ---

struct Odd {
  std::string_view name;
  std::string_view bytes;
  int code;
};
void PrintTo(const Odd& odd, std::ostream* out) { *out << odd.name; }
constexpr Odd kOdd[] = {
    {"with_a_bare_LF", "STARTTLS\n"sv, 500},  {"with_an_argument", "STARTTLS foo\r\n"sv, 501},
    {"with_a_NUL", "STARTTLS\0\r\n"sv, 500},  {"with_CR_before_CRLF", "STARTTLS\r\r\n"sv, 500},
    {"in_two_words", "START TLS\r\n"sv, 500},
};

class Section4_OddStartTls : public testing::TestWithParam<Odd> {};
INSTANTIATE_TEST_SUITE_P(That, Section4_OddStartTls, testing::ValuesIn(kOdd),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST_P(Section4_OddStartTls, is_refused_and_the_session_goes_on_in_plaintext) {
  Stage stage(offering());
  RawClient& client = stage.greeted();
  EXPECT_EQ(read_replies(stage.ask(client, std::string(GetParam().bytes))).codes(),
            std::vector<int>{GetParam().code});
  EXPECT_TRUE(stage.ask(client, "NOOP\r\n").starts_with("250 "));
}

TEST(Section4_StartTls, a_second_time_is_refused) {
  const auto tls = trusted().client();
  Stage stage(offering());
  RawClient& client = secured(stage, *tls);
  EXPECT_FALSE(stage.ask(client, "EHLO client.example\r\n").contains("STARTTLS"));
  EXPECT_TRUE(stage.ask(client, "STARTTLS\r\n").starts_with("502 5.5.1 "));
  EXPECT_TRUE(stage.ask(client, "NOOP\r\n").starts_with("250 "));
}

TEST(Section4_StartTls, forgets_the_greeting_and_the_transaction) {
  const auto tls = trusted().client();
  Stage stage(offering());
  RawClient& client = stage.greeted();
  stage.ask(client, "MAIL FROM:<evil@x.example>\r\nRCPT TO:<victim@y.example>\r\n", 2);
  client.secure_at_220(*tls);
  EXPECT_TRUE(stage.ask(client, "STARTTLS\r\n").starts_with("220 "));
  EXPECT_TRUE(stage.ask(client, "DATA\r\n").starts_with("503 "));
  EXPECT_TRUE(stage.ask(client, "RCPT TO:<victim@y.example>\r\n").starts_with("503 "));
  EXPECT_TRUE(stage.ask(client, "MAIL FROM:<evil@x.example>\r\n").starts_with("503 5.5.1 "));
  EXPECT_TRUE(stage.ask(client, "EHLO client.example\r\n").starts_with("250-"));
  stage.ask(client, "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nDATA\r\n", 3);
  EXPECT_EQ(stage.ask(client, "text\r\n.\r\n"), "250 2.0.0 queued\r\n");
  EXPECT_EQ(stage.upstream().messages(), Lines{"text\r\n.\r\n"});
}

TEST(Section4_StartTls, forgets_the_login) {
  const auto tls = trusted().client();
  Setting setting = offering();
  setting.upstream.auth = auth::Choice::passthrough;
  setting.scripts = {{.ehlo = "250-upstream.example\r\n250 AUTH PLAIN\r\n"}};
  Stage stage(std::move(setting));
  RawClient& client = stage.greeted();
  const std::string plaintext = stage.ask(client, "AUTH PLAIN AGEAYg==\r\n");
  client.secure_at_220(*tls);
  EXPECT_TRUE(stage.ask(client, "STARTTLS\r\n").starts_with("220 ")) << plaintext;
  stage.ask(client, "EHLO client.example\r\n");
  EXPECT_TRUE(stage.ask(client, "MAIL FROM:<a@x.example>\r\n").starts_with("530 "));
  EXPECT_EQ(stage.upstream().commands("MAIL"), Lines{});
}

// A handshake that fails is the end: there is no way back to plaintext.
TEST(Section4_StartTls, that_fails_ends_the_session) {
  const Trusted other;  // The client does not trust the relay's certificate.
  const auto tls = other.client();
  Stage stage(offering());
  RawClient& client = stage.greeted();
  client.secure_at_220(*tls);
  EXPECT_TRUE(stage.ask(client, "STARTTLS\r\n").starts_with("220 "));
  EXPECT_EQ(stage.hear_to_end(client), "");
  EXPECT_NE(client.handshake_failure(), "");
  stage.run_for(std::chrono::seconds(10));
  EXPECT_EQ(stage.sessions(), 0U);
  ASSERT_EQ(stage.records().failures.size(), 1U);
  EXPECT_TRUE(stage.records().failures.front().reason.starts_with("TLS handshake: "));
  EXPECT_TRUE(stage.upstream().untouched());
}

// The time for it is that of a command, and nothing in it buys more.
TEST(Section4_StartTls, whose_handshake_comes_byte_by_byte_ends_in_time) {
  Stage stage(offering());
  RawClient& client = stage.greeted();
  EXPECT_TRUE(stage.ask(client, "STARTTLS\r\n").starts_with("220 "));
  const io::Time asked = stage.now();
  client.send_byte_by_byte("\x16\x03\x01\x02\x00"s + std::string(500, '\x01'),
                           std::chrono::seconds(10));
  stage.hear_to_end(client);
  EXPECT_LT(stage.now() - asked, std::chrono::minutes(6));
  stage.run_for(std::chrono::seconds(1));
  EXPECT_EQ(stage.sessions(), 0U);
}

}  // namespace
}  // namespace truerelay::attacks
