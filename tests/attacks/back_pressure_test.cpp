#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/attacks/bytes.h"
#include "tests/attacks/stage.h"

// Somebody does not read: the other side waits, nothing is gathered without bound, and it ends.

namespace truerelay::attacks {
namespace {

using Then = Answer::Then;

constexpr const char* kUpToData = "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nDATA\r\n";
const std::size_t kFlood = most_under_way() + (std::size_t{7} << 20);

TEST(Section8_BackPressure, of_an_upstream_that_does_not_read_a_message_reaches_the_client) {
  Setting setting;
  setting.scripts = {
      {.answers = {{"BODY", {{.then = Then::stops_reading}}}}, .ehlo = "250 upstream.example\r\n"}};
  setting.relentless = true;
  Stage stage(std::move(setting));
  RawClient& client = stage.greeted();
  stage.ask(client, kUpToData, 3);
  std::string body;
  while (body.size() < kFlood) {
    body += std::string(998, 'x') + "\r\n";
  }
  client.send(body + ".\r\n");
  stage.run_for(std::chrono::minutes(2));
  EXPECT_LT(client.handed_on(), most_under_way());
  // In the end the upstream is given up, and the refusal comes at the end of the message.
  const std::string heard = stage.hear(client);
  EXPECT_TRUE(heard.starts_with("451-4.4.2 ")) << visible(heard);
  EXPECT_TRUE(client.all_sent());
  EXPECT_EQ(stage.upstream().messages(), std::vector<std::string>{});
  EXPECT_LE(stage.upstream().connections().size(), 2U);
  ASSERT_EQ(stage.records().messages.size(), 1U);
  EXPECT_EQ(stage.records().messages.front().outcome, observe::Outcome::failed);
}

// The same in chunks, which are answered while the client is still sending.
TEST(Section8_BackPressure, of_an_upstream_that_does_not_read_a_chunk_reaches_the_client) {
  Setting setting;
  setting.scripts = {{.answers = {{"CHUNK", {{}, {.then = Then::stops_reading}}}},
                      .ehlo = "250-upstream.example\r\n250 CHUNKING\r\n"}};
  setting.relentless = true;
  Stage stage(std::move(setting));
  RawClient& client = stage.greeted();
  stage.ask(client, kUpToData, 3);
  client.send(std::string(kFlood, 'x') + "\r\n.\r\n");
  stage.run_for(std::chrono::minutes(2));
  EXPECT_LT(client.handed_on(), most_under_way());
  const std::string heard = stage.hear(client);
  EXPECT_TRUE(heard.starts_with("451-4.4.2 ")) << visible(heard);
  EXPECT_TRUE(client.all_sent());
  EXPECT_EQ(stage.upstream().messages(), std::vector<std::string>{});
  EXPECT_LE(stage.upstream().connections().size(), 2U);
  ASSERT_EQ(stage.records().messages.size(), 1U);
  EXPECT_EQ(stage.records().messages.front().outcome, observe::Outcome::failed);
}

TEST(Section8_BackPressure, of_a_client_that_does_not_read_its_answers_reaches_the_client) {
  for (const char* command : {"HELP\r\n", "NOOP\r\n", "EHLO x\r\n"}) {
    SCOPED_TRACE(command);
    Stage stage;
    RawClient& client = stage.connect();
    client.stop_reading();
    std::string commands;
    while (commands.size() < kFlood) {
      commands += command;
    }
    client.send(commands);
    stage.run_for(std::chrono::minutes(1));
    EXPECT_LT(client.handed_on(), most_under_way());
    stage.hear_to_end(client);
    stage.run_for(std::chrono::minutes(1));
    EXPECT_EQ(stage.sessions(), 0U);
  }
}

TEST(Section8_BackPressure, of_a_relay_that_asked_nothing_reaches_an_upstream_that_talks_on) {
  Setting setting;
  std::string flood;
  while (flood.size() < kFlood) {
    flood += "250 2.0.0 INJECTED\r\n";
  }
  setting.scripts = {
      {.answers = {{"RCPT", {{.bytes = "250 2.1.5 ok\r\n", .later = std::move(flood)}}}}}};
  Stage stage(std::move(setting));
  RawClient& client = stage.greeted();
  stage.ask(client, "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\n", 2);
  stage.run_for(std::chrono::minutes(1));
  EXPECT_LT(stage.upstream().connections().front().said, most_under_way());
  EXPECT_TRUE(stage.ask(client, "DATA\r\n").starts_with("451-4.5.0 "));
  EXPECT_FALSE(client.heard().contains("INJECTED"));
}

TEST(Section8_BackPressure, of_a_relay_in_a_message_reaches_an_upstream_that_talks_on) {
  Setting setting;
  setting.scripts = {{.answers = {{"BODY", {{std::string(kFlood, 'x')}}}}}};
  Stage stage(std::move(setting));
  RawClient& client = stage.greeted();
  stage.ask(client, kUpToData, 3);
  client.send("first half\r\n");
  stage.run_for(std::chrono::minutes(1));
  EXPECT_LT(stage.upstream().connections().front().said, most_under_way());
  EXPECT_TRUE(stage.ask(client, "second half\r\n.\r\n").starts_with("451"));
}

// One stuck upstream connection does not hold up another session.
TEST(Section8_StuckUpstream, does_not_stop_another_session) {
  Setting setting;
  setting.scripts = {{.answers = {{"MAIL", {{.then = Then::stops_reading}}}}}};
  Stage stage(std::move(setting));
  RawClient& stuck = stage.greeted();
  stuck.send("MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\n");
  stage.run_for(std::chrono::seconds(1));
  RawClient& other = stage.greeted();
  const io::Time asked = stage.now();
  stage.ask(other, kUpToData, 3);
  EXPECT_EQ(stage.ask(other, "text\r\n.\r\n"), "250 2.0.0 queued\r\n");
  EXPECT_LT(stage.now() - asked, std::chrono::seconds(1));
}

}  // namespace
}  // namespace truerelay::attacks
