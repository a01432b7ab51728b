#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "base/base64.h"
#include "tests/attacks/bytes.h"
#include "tests/attacks/stage.h"

// What a client may put into its own AUTH, where that is what logs in upstream. Nothing of its
// words goes there but a user and a password.

namespace truerelay::attacks {
namespace {

using std::string_literals::operator""s;
using Lines = std::vector<std::string>;

Setting passthrough() {
  Setting setting;
  setting.upstream.auth = auth::Choice::passthrough;
  setting.scripts = {{.ehlo = "250-upstream.example\r\n250 AUTH PLAIN LOGIN\r\n"}};
  return setting;
}

std::string auth_plain(const std::string& user, const std::string& password) {
  return "AUTH PLAIN " + base64_encode('\0' + user + '\0' + password) + "\r\n";
}

struct Refused {
  std::string_view name;
  std::vector<std::string> lines;  // Of the client.
  std::vector<int> codes;
};
void PrintTo(const Refused& refused, std::ostream* out) { *out << refused.name; }

const std::vector<Refused>& refused() {
  static const std::vector<Refused> all = {
      {"another_mechanism_in_the_user",
       {auth_plain("u\x01"
                   "auth=Bearer x",
                   "p")},
       {501}},
      {"CRLF_in_the_user", {auth_plain("u\r\nMAIL FROM:<a@x>", "p")}, {501}},
      {"LF_in_the_user_of_LOGIN",
       {"AUTH LOGIN " + base64_encode("u\nRSET") + "\r\n", base64_encode("p") + "\r\n"},
       {334, 501}},
      {"NUL_in_the_password", {auth_plain("u", "p\0q"s)}, {501}},
      {"NUL_in_the_password_of_LOGIN",
       {"AUTH LOGIN\r\n", base64_encode("u") + "\r\n", base64_encode("p\0q"s) + "\r\n"},
       {334, 334, 501}},
      {"too_few_parts", {"AUTH PLAIN " + base64_encode("\0u"s) + "\r\n"}, {501}},
      {"no_base64", {"AUTH PLAIN !!!\r\n"}, {501}},
      {"no_base64_behind_334", {"AUTH PLAIN\r\n", "!!!\r\n"}, {334, 501}},
      {"a_cancellation", {"AUTH LOGIN\r\n", "*\r\n"}, {334, 501}},
      {"a_late_cancellation",
       {"auth login\r\n", base64_encode("u") + "\r\n", "*\r\n"},
       {334, 334, 501}},
      {"a_command_where_a_password_is_due",
       {"AUTH LOGIN\r\n", base64_encode("u") + "\r\n", "MAIL FROM:<a@x.example>\r\n"},
       {334, 334, 501}},
      {"a_mechanism_that_is_not_offered", {"AUTH XOAUTH2 dXNlcg==\r\n"}, {504}},
      {"a_line_beyond_the_limit", {"AUTH PLAIN " + std::string(20'000, 'A') + "\r\n"}, {500}},
      {"a_second_line_beyond_the_limit",
       {"AUTH PLAIN\r\n", std::string(20'000, 'A') + "\r\n"},
       {334, 500}},
  };
  return all;
}

class Section5_ClientLogin : public testing::TestWithParam<Refused> {};
INSTANTIATE_TEST_SUITE_P(With, Section5_ClientLogin, testing::ValuesIn(refused()),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST_P(Section5_ClientLogin, is_refused_and_reaches_no_upstream) {
  Stage stage(passthrough());
  RawClient& client = stage.greeted();
  std::string heard;
  for (const std::string& line : GetParam().lines) {
    heard += stage.ask(client, line);
  }
  EXPECT_EQ(read_replies(heard).codes(), GetParam().codes) << visible(heard);
  stage.run_for(std::chrono::minutes(1));
  EXPECT_EQ(stage.upstream().connections().size(), 0U);
}

TEST(Section5_ClientLogins, with_a_password_in_UTF8_go_upstream_as_they_are) {
  Stage stage(passthrough());
  RawClient& client = stage.greeted();
  const std::string line = auth_plain("erp@x.example", "p\xC3\xA4ss\xE2\x82\xAC");
  EXPECT_EQ(stage.ask(client, line), "235 2.7.0 welcome\r\n");
  EXPECT_EQ(stage.upstream().commands("AUTH"), Lines{line});
}

TEST(Section5_ClientLogins, of_12_KiB_are_taken) {
  Setting setting = passthrough();
  setting.scripts.front().answers["AUTH"] = {{"334 \r\n"}};
  Stage stage(std::move(setting));
  RawClient& client = stage.greeted();
  const std::string password(9000, 'p');
  EXPECT_EQ(stage.ask(client, auth_plain("u", password)), "235 2.7.0 welcome\r\n");
  EXPECT_EQ(stage.upstream().responses(), Lines{base64_encode("\0u\0"s + password) + "\r\n"});
}

TEST(Section5_ClientLogins, ask_in_the_words_that_old_devices_know) {
  Stage stage(passthrough());
  RawClient& client = stage.greeted();
  EXPECT_EQ(stage.ask(client, "AUTH LOGIN\r\n"), "334 VXNlcm5hbWU6\r\n");
  EXPECT_EQ(stage.ask(client, "dQ==\r\n"), "334 UGFzc3dvcmQ6\r\n");
  EXPECT_EQ(stage.ask(client, "cA==\r\n"), "235 2.7.0 welcome\r\n");
}

// Nor where it is mistyped, or sent again where a command is due.
TEST(Section5_ClientLogins, are_neither_passed_on_nor_repeated_where_truerelay_logs_in_by_itself) {
  Stage stage;
  RawClient& client = stage.greeted();
  const std::string secret = base64_encode("\0canary\0canary"s);
  for (const std::string& line :
       {"AUTH PLAIN " + secret, "AUHT PLAIN " + secret, "AUTH PLAIN" + secret, secret,
        "AUTH LOGIN " + secret, "AUTH " + secret}) {
    EXPECT_TRUE(stage.ask(client, line + "\r\n").starts_with("50")) << line;
  }
  EXPECT_FALSE(client.heard().contains(secret.substr(0, 8)));
  client.leave();
  stage.run_for(std::chrono::minutes(2));
  EXPECT_TRUE(stage.upstream().untouched()) << visible(stage.upstream().received());
  for (const observe::SessionRecord& record : stage.records().failures) {
    EXPECT_FALSE(record.reason.contains(secret.substr(0, 8))) << record.reason;
  }
}

TEST(Section5_ClientLogins, with_no_user_get_the_answer_of_the_upstream) {
  Setting setting = passthrough();
  setting.scripts.front().answers["AUTH"] = {{"535 5.7.8 who?\r\n"}};
  Stage stage(std::move(setting));
  RawClient& client = stage.greeted();
  stage.ask(client, "AUTH LOGIN\r\n");
  stage.ask(client, "\r\n");
  EXPECT_EQ(stage.ask(client, "cA==\r\n"), "535 5.7.8 who?\r\n");
  EXPECT_TRUE(stage.ask(client, "MAIL FROM:<a@x.example>\r\n").starts_with("530 "));
}

}  // namespace
}  // namespace truerelay::attacks
