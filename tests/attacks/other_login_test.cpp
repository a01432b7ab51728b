#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "base/base64.h"
#include "tests/attacks/bytes.h"
#include "tests/attacks/stage.h"

// Where each client logs in as itself: warm connections that others have logged in on are there,
// and nobody gets onto one with anything but the very credentials that opened it.

namespace truerelay::attacks {
namespace {

using std::string_literals::operator""s;
using Lines = std::vector<std::string>;

constexpr const char* kRefused = "535 5.7.8 no\r\n";
constexpr const char* kUpToData = "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nDATA\r\n";

Setting passthrough(std::vector<Script> scripts) {
  Setting setting;
  setting.upstream.auth = auth::Choice::passthrough;
  setting.upstream.idle_close = std::chrono::hours(1);
  setting.scripts = std::move(scripts);
  for (Script& script : setting.scripts) {
    script.ehlo = "250-upstream.example\r\n250-PIPELINING\r\n250 AUTH PLAIN LOGIN\r\n";
  }
  return setting;
}

std::string auth_plain(const std::string& user, const std::string& password) {
  return "AUTH PLAIN " + base64_encode('\0' + user + '\0' + password) + "\r\n";
}

std::string send_message(Stage& stage, RawClient& client) {
  EXPECT_EQ(read_replies(stage.ask(client, kUpToData, 3)).codes(),
            (std::vector<int>{250, 250, 354}));
  return stage.ask(client, "text\r\n.\r\n");
}

// A client that has sent a message with the right password, and is still there or not.
void leave_a_warm_connection(Stage& stage, bool stays) {
  RawClient& right = stage.greeted();
  EXPECT_EQ(stage.ask(right, auth_plain("erp", "right")), "235 2.7.0 welcome\r\n");
  EXPECT_EQ(send_message(stage, right), "250 2.0.0 queued\r\n");
  if (!stays) {
    EXPECT_TRUE(stage.ask(right, "QUIT\r\n").starts_with("221 "));
    right.leave();
  }
  stage.run_for(std::chrono::seconds(5));
}

TEST(Section5_WrongPassword, is_not_let_in_by_the_warm_connection_of_the_right_one) {
  for (const bool stays : {true, false}) {
    for (const std::string& wrong : {"wrong"s, "righ"s, "right "s, "Right"s, ""s, "right\x01"s}) {
      SCOPED_TRACE(stays);
      SCOPED_TRACE(visible(wrong));
      Stage stage(passthrough({{}, {.answers = {{"AUTH", {{kRefused}}}}}}));
      leave_a_warm_connection(stage, stays);
      RawClient& client = stage.greeted();
      const std::string heard = stage.ask(client, auth_plain("erp", wrong));
      EXPECT_EQ(heard, kRefused);
      EXPECT_TRUE(stage.ask(client, "MAIL FROM:<a@x.example>\r\n").starts_with("530 "));
      EXPECT_TRUE(stage.ask(client, "RCPT TO:<b@y.example>\r\n").starts_with("503 "));
      EXPECT_TRUE(stage.ask(client, "DATA\r\n").starts_with("503 "));
      // The upstream was asked about that very password, on a connection of its own.
      EXPECT_EQ(stage.upstream().commands("AUTH"),
                (Lines{auth_plain("erp", "right"), auth_plain("erp", wrong)}));
      EXPECT_EQ(stage.upstream().commands("MAIL").size(), 1U);
    }
  }
}

TEST(Section5_WrongPassword, is_not_let_in_while_the_right_one_is_just_being_asked_about) {
  // The upstream takes its time with the first login.
  Stage stage(passthrough({{.answers = {{"AUTH", {{.later = "235 2.7.0 welcome\r\n"}}}}},
                           {.answers = {{"AUTH", {{.later = kRefused}}}}}}));
  RawClient& right = stage.greeted();
  RawClient& wrong = stage.greeted();
  right.send(auth_plain("erp", "right"));
  stage.run_for(std::chrono::milliseconds(50));
  EXPECT_EQ(stage.ask(wrong, auth_plain("erp", "wrong")), kRefused);
  stage.run_for(std::chrono::seconds(1));
  EXPECT_TRUE(right.heard().ends_with("235 2.7.0 welcome\r\n")) << visible(right.heard());
  EXPECT_EQ(stage.upstream().commands("AUTH").size(), 2U);
}

// Nor does a password that was right once help one that comes when it is not.
TEST(Section5_RightPassword, of_one_does_not_stay_for_the_next_who_names_no_password) {
  Stage stage(passthrough({{}}));
  leave_a_warm_connection(stage, true);
  RawClient& client = stage.greeted();
  EXPECT_TRUE(stage.ask(client, "MAIL FROM:<a@x.example>\r\n").starts_with("530 "));
  EXPECT_TRUE(stage.ask(client, "AUTH LOGIN\r\n").starts_with("334 "));
  EXPECT_TRUE(stage.ask(client, base64_encode("erp") + "\r\n").starts_with("334 "));
  EXPECT_TRUE(stage.ask(client, "*\r\n").starts_with("501 "));
  EXPECT_TRUE(stage.ask(client, "MAIL FROM:<a@x.example>\r\n").starts_with("530 "));
  EXPECT_EQ(stage.upstream().connections().size(), 1U);
}

// A login ends with its session, and a new EHLO or STARTTLS is no way around that.
TEST(Section5_RightPassword, ends_with_its_session) {
  Stage stage(passthrough({{}}));
  leave_a_warm_connection(stage, false);
  RawClient& client = stage.greeted();
  EXPECT_TRUE(stage.ask(client, "MAIL FROM:<a@x.example>\r\n").starts_with("530 "));
  EXPECT_EQ(stage.upstream().commands("MAIL").size(), 1U);
}

struct User {
  std::string name;
  std::string password;
};

// Users who are almost the same: nothing of one is ever sent over a connection of another.
TEST(Section5_TwoUsers, never_share_a_connection) {
  const std::vector<User> users = {{"erp", "secret"},      {"erps", "ecret"},  {"er", "psecret"},
                                   {"ERP", "secret"},      {"erp", "secre"},   {"erp ", "secret"},
                                   {"", "erpsecret"},      {"erpsecret", "x"}, {"erp", "SECRET"},
                                   {"erp", "secretsecret"}};
  Stage stage(passthrough({{}}));
  std::vector<RawClient*> clients;
  for (const User& user : users) {
    clients.push_back(&stage.greeted());
    EXPECT_EQ(stage.ask(*clients.back(), auth_plain(user.name, user.password)),
              "235 2.7.0 welcome\r\n");
  }
  // In turns, so that connections come and go; each says in its sender who it is.
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < users.size(); ++i) {
      const std::string mail = "MAIL FROM:<user" + std::to_string(i) + "@x.example>\r\n";
      stage.ask(*clients[i], mail + "RCPT TO:<b@y.example>\r\nDATA\r\n", 3);
      EXPECT_EQ(stage.ask(*clients[i], "text\r\n.\r\n"), "250 2.0.0 queued\r\n");
    }
    stage.run_for(std::chrono::seconds(2));
  }
  EXPECT_EQ(stage.upstream().connections().size(), users.size());
  for (const ScriptedUpstream::Connection& connection : stage.upstream().connections()) {
    std::string owner;
    for (const std::string& line : connection.commands) {
      for (std::size_t i = 0; i < users.size(); ++i) {
        if (line == auth_plain(users[i].name, users[i].password)) {
          EXPECT_EQ(owner, "") << "two logins on one connection";
          owner = "user" + std::to_string(i);
        }
      }
      if (line.starts_with("MAIL")) {
        EXPECT_EQ(line, "MAIL FROM:<" + owner + "@x.example>\r\n");
      }
    }
  }
}

// The connection is lost in the middle of a message: the other one is of the same user.
TEST(Section5_TwoUsers, do_not_share_a_connection_when_one_is_lost) {
  Stage stage(passthrough({{.answers = {{"BODY", {{.then = Answer::Then::closes}}}}}, {}, {}}));
  RawClient& first = stage.greeted();
  EXPECT_EQ(stage.ask(first, auth_plain("first", "1")), "235 2.7.0 welcome\r\n");
  RawClient& second = stage.greeted();
  EXPECT_EQ(stage.ask(second, auth_plain("second", "2")), "235 2.7.0 welcome\r\n");
  stage.ask(first, kUpToData, 3);
  first.send("first half\r\n");
  stage.run_for(std::chrono::seconds(1));
  EXPECT_EQ(stage.ask(first, "second half\r\n.\r\n"), "250 2.0.0 queued\r\n");
  ASSERT_EQ(stage.upstream().connections().size(), 3U);
  const ScriptedUpstream::Connection& last = stage.upstream().connections().back();
  EXPECT_EQ(last.messages.size(), 1U);
  EXPECT_EQ(last.commands.at(1), auth_plain("first", "1"));
  EXPECT_EQ((++stage.upstream().connections().begin())->messages, Lines{});
}

// ... and where the upstream does not let the user in again, nothing is sent.
TEST(Section5_LostConnection, of_a_user_who_is_not_let_in_again_sends_nothing) {
  Stage stage(passthrough({{.answers = {{"BODY", {{.then = Answer::Then::closes}}}}},
                           {.answers = {{"AUTH", {{kRefused}}}}},
                           {.answers = {{"AUTH", {{kRefused}}}}}}));
  RawClient& client = stage.greeted();
  EXPECT_EQ(stage.ask(client, auth_plain("erp", "right")), "235 2.7.0 welcome\r\n");
  stage.ask(client, kUpToData, 3);
  client.send("first half\r\n");
  stage.run_for(std::chrono::seconds(1));
  const std::string heard = stage.ask(client, "second half\r\n.\r\n");
  EXPECT_TRUE(heard.starts_with("554-5.7.8 ")) << visible(heard);
  EXPECT_EQ(stage.upstream().messages(), Lines{});
  EXPECT_EQ(stage.upstream().commands("MAIL").size(), 1U);
}

// Passwords of the clients are in no note, no record, no reply.
TEST(Section5_Passwords, of_clients_are_told_to_nobody_but_the_upstream) {
  const std::string secret = "canary in the mine";
  Stage stage(passthrough({{.answers = {{"BODY", {{.then = Answer::Then::closes}}}}},
                           {.answers = {{"AUTH", {{kRefused}}}}}}));
  RawClient& client = stage.greeted();
  stage.ask(client, auth_plain("erp", secret));
  stage.ask(client, kUpToData, 3);
  stage.ask(client, "text\r\n.\r\n");
  stage.ask(client, auth_plain("other", secret));
  std::string told = client.heard();
  client.leave();
  stage.run_for(std::chrono::minutes(1));
  for (const std::string& note : stage.records().notes) {
    told += note;
  }
  for (const observe::MessageRecord& record : stage.records().messages) {
    told += record.final_reply + record.user;
  }
  for (const observe::SessionRecord& record : stage.records().failures) {
    told += record.reason;
  }
  EXPECT_FALSE(told.contains(secret));
  EXPECT_FALSE(told.contains(base64_encode('\0' + "erp"s + '\0' + secret)));
  EXPECT_FALSE(told.contains(base64_encode(secret)));
}

}  // namespace
}  // namespace truerelay::attacks
