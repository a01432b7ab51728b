#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "base/base64.h"
#include "tests/attacks/bytes.h"
#include "tests/attacks/stage.h"

// Upstreams that ask for a secret where none is due. To a challenge that was not expected the
// answer is "*", once; no secret goes out again, and no message goes out at all.

namespace truerelay::attacks {
namespace {

using auth::Choice;
using Kind = auth::Credentials::Kind;
using Lines = std::vector<std::string>;

constexpr const char* kEnvelope = "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\n";
constexpr const char* kUser = "erp@x.example";
constexpr const char* kPassword = "canary in the mine";
// With these the AUTH line would grow too long for some servers: the secret waits for a 334.
const std::string kLongToken = "canary" + std::string(1500, 't');
constexpr const char* kAskUser = "334 VXNlcm5hbWU6\r\n";
constexpr const char* kAskPassword = "334 UGFzc3dvcmQ6\r\n";
// {"status":"400","schemes":"Bearer"}
constexpr const char* kTokenRefused = "334 eyJzdGF0dXMiOiI0MDAiLCJzY2hlbWVzIjoiQmVhcmVyIn0=\r\n";
constexpr const char* kRefused = "535 5.7.8 no\r\n";
constexpr const char* kCancelled = "501 5.7.0 cancelled\r\n";

struct Redirection {
  std::string_view name;
  Choice choice;
  std::string secret;
  std::vector<Answer> answers;  // To AUTH, and then to each line behind it.
  Lines responses;              // What the relay sent behind AUTH.
  std::string_view heard;       // How the answer to the first recipient begins,
  std::string_view reason;      // and what it tells.
};
void PrintTo(const Redirection& redirection, std::ostream* out) { *out << redirection.name; }

std::string in_base64(const std::string& text) { return base64_encode(text) + "\r\n"; }

const std::vector<Redirection>& redirections() {
  static const std::vector<Redirection> all = {
      // XOAUTH2: one challenge may come, with the reason of a refusal, and is answered with
      // nothing.
      {"XOAUTH2_refused_with_a_reason",
       Choice::xoauth2,
       kPassword,
       {{kTokenRefused}, {kRefused}},
       {"\r\n"},
       "554-5.7.8 ",
       "535 5.7.8 no"},
      {"XOAUTH2_refused_at_once",
       Choice::xoauth2,
       kPassword,
       {{kRefused}},
       {},
       "554-5.7.8 ",
       "535 5.7.8 no"},
      {"XOAUTH2_refused_with_two_reasons",
       Choice::xoauth2,
       kPassword,
       {{kTokenRefused}, {kTokenRefused}, {kCancelled}},
       {"\r\n", "*\r\n"},
       "554-5.7.8 ",
       "501 5.7.0 cancelled"},
      {"XOAUTH2_asked_for_user_and_password",
       Choice::xoauth2,
       kPassword,
       {{kAskUser}, {kAskPassword}, {kCancelled}},
       {"\r\n", "*\r\n"},
       "554-5.7.8 ",
       "501 5.7.0 cancelled"},
      {"XOAUTH2_with_a_long_token_asked_for_the_user",
       Choice::xoauth2,
       kLongToken,
       {{kAskUser}, {kCancelled}},
       {"*\r\n"},
       "554-5.7.8 ",
       "501 5.7.0 cancelled"},
      {"XOAUTH2_with_a_long_token_and_no_base64",
       Choice::xoauth2,
       kLongToken,
       {{"334 !!! Username please\r\n"}, {kCancelled}},
       {"*\r\n"},
       "554-5.7.8 ",
       "501 5.7.0 cancelled"},
      {"XOAUTH2_and_no_base64",
       Choice::xoauth2,
       kPassword,
       {{"334 !!!\r\n"}, {kCancelled}},
       {"*\r\n"},
       "554-5.7.8 ",
       "501 5.7.0 cancelled"},
      {"XOAUTH2_with_a_long_token_welcomed_before_it_was_sent",
       Choice::xoauth2,
       kLongToken,
       {{"235 2.7.0 welcome\r\n"}},
       {},
       "451-4.5.0 ",
       "235 2.7.0 welcome"},
      {"XOAUTH2_and_250", Choice::xoauth2, kPassword, {{"250 ok\r\n"}}, {}, "451-4.5.0 ", "250 ok"},

      // PLAIN: no challenge is due behind an initial response.
      {"PLAIN_asked_for_the_user",
       Choice::plain,
       kPassword,
       {{kAskUser}, {kCancelled}},
       {"*\r\n"},
       "554-5.7.8 ",
       "501 5.7.0 cancelled"},
      {"PLAIN_asked_with_nothing",
       Choice::plain,
       kPassword,
       {{"334 \r\n"}, {kCancelled}},
       {"*\r\n"},
       "554-5.7.8 ",
       "501 5.7.0 cancelled"},
      {"PLAIN_and_no_base64",
       Choice::plain,
       kPassword,
       {{"334 ***\r\n"}, {kCancelled}},
       {"*\r\n"},
       "554-5.7.8 ",
       "501 5.7.0 cancelled"},
      {"PLAIN_with_a_long_password_asked_for_the_user",
       Choice::plain,
       kLongToken,
       {{kAskUser}, {kCancelled}},
       {"*\r\n"},
       "554-5.7.8 ",
       "501 5.7.0 cancelled"},
      {"PLAIN_asked_again_behind_the_star",
       Choice::plain,
       kPassword,
       {{kAskUser}, {kAskPassword}},
       {"*\r\n"},
       "451-4.5.0 ",
       "334 UGFzc3dvcmQ6"},
      {"PLAIN_welcomed_behind_the_star",
       Choice::plain,
       kPassword,
       {{kAskUser}, {"235 2.7.0 welcome\r\n"}},
       {"*\r\n"},
       "451-4.5.0 ",
       "235 2.7.0 welcome"},
      {"PLAIN_and_1_MB",
       Choice::plain,
       kPassword,
       {{.bytes = "334 A", .more = 1U << 20}},
       {},
       "451-4.5.0 ",
       "without an end"},
      {"XOAUTH2_and_1_MB",
       Choice::xoauth2,
       kPassword,
       {{.bytes = "334 A", .more = 1U << 20}},
       {},
       "451-4.5.0 ",
       "without an end"},
      {"XOAUTH2_with_a_long_token_and_1_MB",
       Choice::xoauth2,
       kLongToken,
       {{.bytes = "334 A", .more = 1U << 20}},
       {},
       "451-4.5.0 ",
       "without an end"},
      {"LOGIN_and_1_MB_for_the_password",
       Choice::login,
       kPassword,
       {{kAskUser}, {.bytes = "334 A", .more = 1U << 20}},
       {in_base64(kUser)},
       "451-4.5.0 ",
       "without an end"},
      {"PLAIN_and_354",
       Choice::plain,
       kPassword,
       {{"354 go ahead\r\n"}},
       {},
       "451-4.5.0 ",
       "354 go ahead"},
      {"PLAIN_refused_in_two_lines",
       Choice::plain,
       kPassword,
       {{"535-5.7.139 first\r\n535 5.7.139 second\r\n"}},
       {},
       "554-5.7.8 ",
       "535 5.7.139 second"},
      {"PLAIN_refused_for_now",
       Choice::plain,
       kPassword,
       {{"454 4.7.0 busy\r\n"}},
       {},
       "454-4.7.0 ",
       "454 4.7.0 busy"},

      // LOGIN: two questions are due.
      {"LOGIN_asked_three_times",
       Choice::login,
       kPassword,
       {{kAskUser}, {kAskPassword}, {kAskPassword}, {kCancelled}},
       {in_base64(kUser), in_base64(kPassword), "*\r\n"},
       "554-5.7.8 ",
       "501 5.7.0 cancelled"},
      {"LOGIN_and_no_base64",
       Choice::login,
       kPassword,
       {{"334 Username?\r\n"}, {kCancelled}},
       {"*\r\n"},
       "554-5.7.8 ",
       "501 5.7.0 cancelled"},
      {"LOGIN_and_no_base64_for_the_password",
       Choice::login,
       kPassword,
       {{kAskUser}, {"334 Password?\r\n"}, {kCancelled}},
       {in_base64(kUser), "*\r\n"},
       "554-5.7.8 ",
       "501 5.7.0 cancelled"},
      {"LOGIN_welcomed_before_anything_was_sent",
       Choice::login,
       kPassword,
       {{"235 2.7.0 welcome\r\n"}},
       {},
       "451-4.5.0 ",
       "235 2.7.0 welcome"},
      {"LOGIN_welcomed_before_the_password_was_sent",
       Choice::login,
       kPassword,
       {{kAskUser}, {"235 2.7.0 welcome\r\n"}},
       {in_base64(kUser)},
       "451-4.5.0 ",
       "235 2.7.0 welcome"},
      {"LOGIN_and_two_questions_at_once",
       Choice::login,
       kPassword,
       {{std::string(kAskUser) + kAskPassword}},
       {},
       "451-4.5.0 ",
       "no command had asked for"},
  };
  return all;
}

Setting setting_for(Choice choice, const std::string& secret, const std::vector<Answer>& answers) {
  Setting setting;
  setting.upstream.auth = choice;
  setting.login = {{.kind = choice == Choice::xoauth2 ? Kind::token : Kind::password,
                    .user = kUser,
                    .secret = secret}};
  Script script{.ehlo = "250-upstream.example\r\n250 AUTH PLAIN LOGIN XOAUTH2\r\n"};
  script.answers["AUTH"] = {answers.front()};
  script.answers["RESPONSE"] = {answers.begin() + 1, answers.end()};
  setting.scripts = {script};
  return setting;
}

class Section5_LoginRedirected : public testing::TestWithParam<Redirection> {};
INSTANTIATE_TEST_SUITE_P(By, Section5_LoginRedirected, testing::ValuesIn(redirections()),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST_P(Section5_LoginRedirected, gets_no_secret_and_no_message) {
  const Redirection& tried = GetParam();
  // The connection that is opened when the client comes may have failed by then, or not yet.
  for (const bool waits : {false, true}) {
    SCOPED_TRACE(waits);
    Setting setting = setting_for(tried.choice, tried.secret, tried.answers);
    setting.relentless = true;
    Stage stage(std::move(setting));
    RawClient& client = stage.greeted();
    stage.run_for(std::chrono::seconds(waits ? 5 : 0));
    const std::string heard = stage.ask(client, kEnvelope, 2);
    ASSERT_EQ(read_replies(heard).whole.size(), 2U) << visible(heard);
    const std::string answer = read_replies(heard).whole.back();
    EXPECT_TRUE(answer.starts_with(tried.heard)) << answer;
    EXPECT_TRUE(answer.contains(tried.reason)) << answer;
    EXPECT_LE(stage.upstream().connections().size(), 2U);
    for (const ScriptedUpstream::Connection& connection : stage.upstream().connections()) {
      EXPECT_EQ(connection.responses, tried.responses);
    }
    EXPECT_EQ(stage.upstream().commands("AUTH").size(), stage.upstream().connections().size());
    EXPECT_EQ(stage.upstream().commands("MAIL"), Lines{});
  }
}

// A login that was refused for good is not tried with each client that comes: that would lock the
// account.
TEST(Section5_LoginRefused, is_not_tried_again_with_every_client_that_comes) {
  Setting setting = setting_for(Choice::plain, kPassword, {{kRefused}});
  setting.relentless = true;
  Stage stage(std::move(setting));
  for (int client = 0; client < 50; ++client) {
    RawClient& one = stage.greeted();
    const std::string heard = stage.ask(one, kEnvelope, 2);
    EXPECT_TRUE(read_replies(heard).whole.back().starts_with("554-5.7.8 ")) << visible(heard);
    stage.run_for(std::chrono::milliseconds(100));
  }
  EXPECT_EQ(stage.upstream().commands("AUTH").size(), 1U);
}

// Every line of a refusal reaches the person who must act.
TEST(Section5_LoginRefused, in_several_lines_is_quoted_with_all_of_them) {
  Stage stage(setting_for(Choice::plain, kPassword,
                          {{"535-5.7.139 first\r\n535-5.7.139 second\r\n535 5.7.139 third\r\n"}}));
  RawClient& client = stage.greeted();
  const std::string heard = stage.ask(client, kEnvelope, 2);
  for (const char* line :
       {"535 5.7.139 first\r\n", "535 5.7.139 second\r\n", "535 5.7.139 third\r\n"}) {
    EXPECT_TRUE(heard.contains(line)) << heard;
  }
}

TEST(Section5_LoginWelcomed, before_anything_was_sent_is_not_believed) {
  Setting setting = setting_for(Choice::plain, kPassword, {{kRefused}});
  setting.scripts.front().ehlo = "250-upstream.example\r\n250 AUTH PLAIN\r\n235 2.7.0 welcome\r\n";
  Stage stage(std::move(setting));
  RawClient& client = stage.greeted();
  const std::string heard = stage.ask(client, kEnvelope, 2);
  EXPECT_TRUE(read_replies(heard).whole.back().starts_with("451-4.5.0 ")) << visible(heard);
  EXPECT_EQ(stage.upstream().commands("AUTH"), Lines{});
  EXPECT_EQ(stage.upstream().commands("MAIL"), Lines{});
}

TEST(Section5_LoginWelcomed, after_an_empty_challenge_has_got_the_token) {
  Stage stage(setting_for(Choice::xoauth2, kLongToken, {{"334 \r\n"}, {"235 2.7.0 welcome\r\n"}}));
  RawClient& client = stage.greeted();
  const std::string heard = stage.ask(client, kEnvelope, 2);
  EXPECT_EQ(read_replies(heard).codes(), (std::vector<int>{250, 250}));
  EXPECT_EQ(stage.upstream().commands("AUTH"), Lines{"AUTH XOAUTH2\r\n"});
  EXPECT_EQ(stage.upstream().responses(),
            Lines{in_base64(std::string("user=") + kUser + "\x01" + "auth=Bearer " + kLongToken +
                            "\x01\x01")});
}

// A second line in the file of a token, or what an editor left there, is no further field of the
// login.
TEST(Section5_StoredSecret, with_a_control_byte_goes_nowhere) {
  for (const std::string& secret : {std::string("canary\x01"
                                                "auth=Bearer other"),
                                    std::string("canary\0other", 12), std::string("canary\r\nRSET"),
                                    std::string("canary\n"), std::string("\x7F") + "canary"}) {
    for (const Choice choice : {Choice::plain, Choice::login, Choice::xoauth2}) {
      SCOPED_TRACE(visible(secret));
      Stage stage(setting_for(choice, secret, {{"235 2.7.0 welcome\r\n"}}));
      RawClient& client = stage.greeted();
      const std::string heard = stage.ask(client, kEnvelope, 2);
      const std::string answer = read_replies(heard).whole.back();
      EXPECT_TRUE(answer.starts_with("554-5.7.8 ")) << answer;
      EXPECT_TRUE(answer.contains("control byte")) << answer;
      EXPECT_EQ(stage.upstream().commands("AUTH"), Lines{});
      EXPECT_EQ(stage.upstream().commands("MAIL"), Lines{});
    }
  }
}

}  // namespace
}  // namespace truerelay::attacks
