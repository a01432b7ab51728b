#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "base/base64.h"
#include "tests/attacks/bytes.h"
#include "tests/attacks/identities.h"
#include "tests/attacks/stage.h"

// An upstream, or somebody in between, that tries to do without TLS, or to have something heard
// that came before it (CVE-2021-38371 and its kin). No credentials and no envelope ever leave.

namespace truerelay::attacks {
namespace {

using std::string_view_literals::operator""sv;
using Then = Answer::Then;

constexpr const char* kHost = "mail.example.com";
constexpr const char* kEnvelope = "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\n";
constexpr const char* kPlainEhlo = "250-upstream.example\r\n250 STARTTLS\r\n";

const Trusted& trusted() {
  static const Trusted instance;
  return instance;
}

Setting secured(const Script& script) {
  Setting setting;
  setting.upstream.endpoint.host = kHost;
  setting.upstream.tls = relay::Tls::starttls;
  setting.login = {{.user = "erp@x.example", .secret = "canary in the mine"}};
  setting.trust = trusted().client();
  setting.identity = serving(trusted().certificate_for(kHost));
  setting.scripts = {script};
  setting.relentless = true;
  return setting;
}

struct Attack {
  std::string_view name;
  Script script;
  std::string_view heard;   // How the answer to the first recipient begins,
  std::string_view reason;  // and what it tells.
};
void PrintTo(const Attack& attack, std::ostream* out) { *out << attack.name; }

Script at(const std::string& place, const Answer& answer) {
  return {.answers = {{place, {answer}}}, .ehlo = kPlainEhlo};
}
Script greeting(const std::string& bytes) { return at("GREETING", {bytes}); }
Script ehlo(const std::string& bytes) { return {.ehlo = bytes}; }
Script starttls(const Answer& answer) { return at("STARTTLS", answer); }

std::string greeting_lines(std::size_t count, std::size_t size) {
  std::string lines;
  for (std::size_t i = 0; i < count; ++i) {
    lines += "220-" + std::string(size, 'x') + "\r\n";
  }
  return lines;
}

const std::vector<Attack>& attacks() {
  static const std::vector<Attack> all = {
      // Injection before the handshake.
      {"replies_behind_220",
       starttls(
           {.bytes = "220 2.0.0 ready\r\n250-evil\r\n250 AUTH PLAIN\r\n", .then = Then::secures}),
       "451-4.5.0 ", "before the TLS handshake"},
      {"one_byte_behind_220", starttls({.bytes = "220 2.0.0 ready\r\n2", .then = Then::secures}),
       "451-4.5.0 ", "before the TLS handshake"},
      {"a_server_hello_behind_220",
       starttls({"220 ready\r\n\x16\x03\x03\x00\x7A\x02\x00\x00\x76\x03\x03"}), "451-4.5.0 ",
       "before the TLS handshake"},
      {"replies_a_moment_behind_220",
       starttls({.bytes = "220 ready\r\n", .later = "250-evil\r\n250 AUTH PLAIN\r\n"}),
       "451-4.7.5 ", "TLS"},
      {"plaintext_behind_220", starttls({.bytes = "220 ready\r\n", .later = "250 ok\r\n"}),
       "451-4.7.5 ", "TLS"},
      {"a_220_behind_the_answer_to_EHLO",
       ehlo("250-upstream.example\r\n250 STARTTLS\r\n220 ready\r\n"), "451-4.5.0 ",
       "no command had asked for"},

      // Stripping.
      {"no_STARTTLS", ehlo("250-upstream.example\r\n250 AUTH PLAIN LOGIN\r\n"), "451-4.7.5 ",
       "offers no STARTTLS"},
      {"STARTTLS_overwritten", ehlo("250-upstream.example\r\n250-XXXXXXXA\r\n250 AUTH PLAIN\r\n"),
       "451-4.7.5 ", "firewall"},
      {"STARTTLS_in_the_greeting_line_only", ehlo("250 STARTTLS\r\n"), "451-4.7.5 ",
       "offers no STARTTLS"},
      {"EHLO_refused", at("EHLO", {"502 5.5.1 what?\r\n"}), "451-4.7.5 ", "offers no STARTTLS"},
      {"EHLO_and_HELO_refused",
       {.answers = {{"EHLO", {{"502 what?\r\n"}}}, {"HELO", {{"502 what?\r\n"}}}}},
       "451-4.4.1 ",
       "502 what?"},
      {"454", starttls({"454 4.7.0 TLS not available\r\n"}), "451-4.7.5 ",
       "454 4.7.0 TLS not available"},
      {"500", starttls({"500 5.5.1 what?\r\n"}), "451-4.7.5 ", "500 5.5.1 what?"},
      {"250_instead_of_220", starttls({"250 ok\r\n"}), "451-4.5.0 ", "250 ok"},
      {"334_to_STARTTLS", starttls({"334 VXNlcm5hbWU6\r\n"}), "451-4.5.0 ", "334"},
      {"220_and_the_end", starttls({.bytes = "220 ready\r\n", .then = Then::closes}), "451-4.",
       "upstream practice"},
      {"334_to_EHLO", ehlo("334 VXNlcm5hbWU6\r\n"), "451-4.5.0 ", "334 VXNlcm5hbWU6"},
      {"235_to_EHLO", ehlo("235 2.7.0 welcome\r\n"), "451-4.", "pstream practice"},
      {"235_to_EHLO_that_offers_STARTTLS", ehlo("235-welcome\r\n235 STARTTLS\r\n"), "451-4.",
       "pstream practice"},

      // Greetings.
      {"greeting_421", greeting("421 4.3.2 too busy\r\n"), "451-4.4.1 ", "421 4.3.2 too busy"},
      {"greeting_554", greeting("554-5.7.1 go\r\n554 5.7.1 away\r\n"), "451-4.4.1 ",
       "554 5.7.1 away"},
      {"greeting_221", greeting("221 2.0.0 bye\r\n"), "451-4.5.0 ", "221 2.0.0 bye"},
      {"greeting_250", greeting("250 ok\r\n"), "451-4.5.0 ", "250 ok"},
      {"two_greetings", greeting("220 one\r\n220 two\r\n"), "451-4.5.0 ",
       "no command had asked for"},
      {"endless_greeting", greeting(greeting_lines(100'000, 1)), "451-4.5.0 ", "lines"},
      {"endless_greeting_of_long_lines", greeting(greeting_lines(1000, 1000)), "451-4.5.0 ",
       "octets"},
      {"greeting_without_an_end", greeting("220 " + std::string(1 << 20, 'x')), "451-4.5.0 ",
       "without an end"},
      {"no_greeting", at("GREETING", {}), "451-4.4.2 ", "did not answer in time"},
  };
  return all;
}

class Section4_StartTlsAttack : public testing::TestWithParam<Attack> {};
INSTANTIATE_TEST_SUITE_P(With, Section4_StartTlsAttack, testing::ValuesIn(attacks()),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST_P(Section4_StartTlsAttack, stops_before_anything_worth_protecting_has_left) {
  // The connection that is opened when the client comes may have failed by then, or not yet.
  for (const bool waits : {false, true}) {
    SCOPED_TRACE(waits);
    Stage stage(secured(GetParam().script));
    RawClient& client = stage.greeted();
    stage.run_for(std::chrono::seconds(waits ? 40 : 0));
    const io::Time asked = stage.now();
    const std::string heard = stage.ask(client, kEnvelope, 2);
    EXPECT_LT(stage.now() - asked, std::chrono::minutes(2));
    ASSERT_EQ(read_replies(heard).whole.size(), 2U) << visible(heard);
    const std::string answer = read_replies(heard).whole.back();
    EXPECT_TRUE(answer.starts_with(GetParam().heard)) << answer;
    EXPECT_TRUE(answer.contains(GetParam().reason)) << answer;

    const ScriptedUpstream& upstream = stage.upstream();
    for (const char* verb : {"AUTH", "MAIL", "RCPT", "DATA"}) {
      EXPECT_EQ(upstream.commands(verb), std::vector<std::string>{});
    }
    EXPECT_FALSE(upstream.received().contains("canary"));
    EXPECT_FALSE(upstream.received().contains(base64_encode("canary in the mine").substr(0, 12)));
    EXPECT_LE(upstream.connections().size(), 3U);
    // The session goes on: the next transaction takes another connection, which is served well.
    stage.upstream().relent();
    stage.upstream().scripts.back().ehlo = kPlainEhlo;
    EXPECT_TRUE(stage.ask(client, std::string("RSET\r\n") + kEnvelope, 3).starts_with("250 "));
    EXPECT_TRUE(client.heard().ends_with("250 2.1.5 recipient ok\r\n")) << client.heard();
    EXPECT_TRUE(upstream.connections().back().secured);
  }
}

TEST(Section4_StartTls, with_an_honest_upstream_takes_the_message_and_the_login_over_tls) {
  Stage stage(secured(ehlo(kPlainEhlo)));
  RawClient& client = stage.greeted();
  const std::string heard = stage.ask(client, std::string(kEnvelope) + "DATA\r\n", 3);
  EXPECT_EQ(read_replies(heard).codes(), (std::vector<int>{250, 250, 354}));
  EXPECT_EQ(stage.ask(client, "text\r\n.\r\n"), "250 2.0.0 queued\r\n");
  const ScriptedUpstream::Connection& connection = stage.upstream().connections().front();
  EXPECT_TRUE(connection.secured);
  EXPECT_EQ(connection.commands.at(0), "EHLO relay.example\r\n");
  EXPECT_EQ(connection.commands.at(1), "STARTTLS\r\n");
  EXPECT_EQ(connection.commands.at(2), "EHLO relay.example\r\n");
  EXPECT_TRUE(connection.commands.at(3).starts_with("AUTH PLAIN "));
  EXPECT_EQ(connection.messages, std::vector<std::string>{"text\r\n.\r\n"});
}

TEST(Section4_StartTls, forgets_what_was_offered_before_it) {
  Script script = ehlo("250-upstream.example\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS\r\n");
  script.ehlo_over_tls = "250 upstream.example\r\n";
  Stage stage(secured(script));
  RawClient& client = stage.greeted();
  const std::string heard = stage.ask(client, kEnvelope, 2);
  EXPECT_TRUE(read_replies(heard).whole.back().starts_with("554-5.7.8 ")) << heard;
  EXPECT_TRUE(heard.contains("it offers no AUTH at all"));
  EXPECT_TRUE(stage.upstream().connections().front().secured);
  EXPECT_EQ(stage.upstream().commands("AUTH"), std::vector<std::string>{});
  EXPECT_EQ(stage.upstream().commands("MAIL"), std::vector<std::string>{});
}

TEST(Section4_StartTls, that_hangs_in_its_handshake_ends_in_time) {
  Stage stage(secured(starttls({"220 ready\r\n"})));
  RawClient& client = stage.greeted();
  const io::Time asked = stage.now();
  const std::string heard = stage.ask(client, kEnvelope, 2);
  EXPECT_TRUE(read_replies(heard).whole.back().starts_with("451-4.")) << heard;
  EXPECT_LT(stage.now() - asked, std::chrono::minutes(1));
}

TEST(Section4_StartTls, that_hangs_in_its_handshake_does_not_hold_up_the_end_of_the_service) {
  Stage stage(secured(starttls({"220 ready\r\n"})));
  RawClient& client = stage.greeted();
  client.send(kEnvelope);
  stage.run_for(std::chrono::seconds(5));
  stage.stop();
  stage.run_for(std::chrono::seconds(5));
  EXPECT_EQ(stage.sessions(), 0U);
  EXPECT_TRUE(client.heard().contains("421 4.3.2 ")) << visible(client.heard());
}

}  // namespace
}  // namespace truerelay::attacks
