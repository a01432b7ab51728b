#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/attacks/bytes.h"
#include "tests/attacks/stage.h"

// Clients that do not wait for answers.

namespace truerelay::attacks {
namespace {

using Lines = std::vector<std::string>;

TEST(Section6_Pipelining, a_whole_session_in_one_write_gets_its_answers_in_order) {
  Stage stage;
  RawClient& client = stage.greeted();
  client.send(
      "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nRCPT TO:<c@y.example>\r\nDATA\r\n"
      "Subject: x\r\n\r\ntext\r\n.\r\nQUIT\r\n");
  const std::string heard = stage.hear_to_end(client);
  EXPECT_EQ(read_replies(heard).codes(), (std::vector<int>{250, 250, 250, 354, 250, 221}));
  EXPECT_EQ(stage.upstream().messages(), Lines{"Subject: x\r\n\r\ntext\r\n.\r\n"});
  EXPECT_EQ(stage.upstream().commands("RCPT"),
            (Lines{"RCPT TO:<b@y.example>\r\n", "RCPT TO:<c@y.example>\r\n"}));
}

TEST(Section6_Pipelining, data_behind_refused_recipients_gets_no_354) {
  Setting setting;
  setting.scripts = {{.answers = {{"RCPT", {{"550 5.1.1 no such user\r\n"}}}}}};
  Stage stage(std::move(setting));
  RawClient& client = stage.greeted();
  const std::string heard =
      stage.ask(client, "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nDATA\r\nQUIT\r\n", 4);
  EXPECT_EQ(read_replies(heard).codes(), (std::vector<int>{250, 550, 554, 221}));
  EXPECT_EQ(stage.upstream().commands("DATA"), Lines{});
}

TEST(Section6_Pipelining, a_message_goes_to_the_accepted_recipients_only) {
  Setting setting;
  setting.scripts = {{.answers = {{"RCPT", {{"550 5.1.1 no such user\r\n"}}}}}};
  Stage stage(std::move(setting));
  RawClient& client = stage.greeted();
  const std::string heard =
      stage.ask(client,
                "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nRCPT TO:<c@y.example>\r\n"
                "DATA\r\ntext\r\n.\r\nQUIT\r\n",
                6);
  EXPECT_EQ(read_replies(heard).codes(), (std::vector<int>{250, 550, 250, 354, 250, 221}));
}

TEST(Section6_Pipelining, by_a_client_that_talks_before_the_greeting_changes_nothing) {
  Stage stage;
  RawClient& client = stage.connect(
      "EHLO client.example\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nDATA\r\n"
      "text\r\n.\r\nQUIT\r\n");
  const std::string heard = stage.hear_to_end(client);
  EXPECT_EQ(read_replies(client.heard()).codes(),
            (std::vector<int>{220, 250, 250, 250, 354, 250, 221}));
  EXPECT_EQ(stage.upstream().messages(), Lines{"text\r\n.\r\n"});
}

// What goes on between two commands is not the client's time: a command that came in two parts has
// its full time for the rest.
TEST(Section6_Pipelining, of_half_a_command_behind_a_slow_message_leaves_time_for_its_other_half) {
  Setting setting;
  setting.scripts = {{.answers = {{".", {{}}}}}};
  setting.upstream.final_reply_timeout = std::chrono::minutes(10);
  Stage stage(std::move(setting));
  RawClient& client = stage.greeted();
  const std::string heard = stage.ask(
      client, "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nDATA\r\ntext\r\n.\r\nQU", 4);
  EXPECT_EQ(read_replies(heard).codes(), (std::vector<int>{250, 250, 354, 451}));
  stage.run_for(std::chrono::seconds(5));
  EXPECT_TRUE(stage.ask(client, "IT\r\n").starts_with("221 ")) << visible(client.heard());
}

TEST(Section6_Pipelining, of_half_a_command_behind_a_late_one_leaves_time_for_its_other_half) {
  Stage stage;
  RawClient& client = stage.greeted();
  stage.run_for(std::chrono::minutes(5) - std::chrono::seconds(1));
  EXPECT_TRUE(stage.ask(client, "NOOP\r\nNO").starts_with("250 "));
  stage.run_for(std::chrono::seconds(10));
  EXPECT_TRUE(stage.ask(client, "OP\r\n").starts_with("250 ")) << visible(client.heard());
}

}  // namespace
}  // namespace truerelay::attacks
