#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/attacks/bytes.h"
#include "tests/attacks/stage.h"

// An upstream that serves well until it has many warm connections, and then lets each of them die
// in the middle of a message; and messages that ask to be kept for that, without end.

namespace truerelay::attacks {
namespace {

using observe::Outcome;
using Lines = std::vector<std::string>;
using Then = Answer::Then;

constexpr const char* kUpToData = "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nDATA\r\n";
constexpr const char* kData = "250-upstream.example\r\n250-SIZE 0\r\n250 PIPELINING\r\n";
constexpr const char* kChunking =
    "250-upstream.example\r\n250-SIZE 0\r\n250-PIPELINING\r\n250 CHUNKING\r\n";
constexpr std::size_t kWarm = 12;
constexpr unsigned kMostRepairs = 5;
constexpr std::size_t kMegabyte = std::size_t{1} << 20;

// So many clients at a time that each has a connection, which stays, warm and proven.
void warm_up(Stage& stage, std::size_t connections) {
  std::vector<RawClient*> clients;
  for (std::size_t i = 0; i < connections; ++i) {
    clients.push_back(&stage.greeted());
    stage.ask(*clients.back(), kUpToData, 3);
  }
  for (RawClient* client : clients) {
    EXPECT_EQ(stage.ask(*client, "text\r\n.\r\n"), "250 2.0.0 queued\r\n");
    EXPECT_TRUE(stage.ask(*client, "QUIT\r\n").starts_with("221 "));
  }
  EXPECT_EQ(stage.upstream().connections().size(), connections);
}

// Everything but the first message on each connection ends it in its middle.
Script dying(const char* ehlo) {
  const Answer end{.then = Then::closes};
  return {.answers = {{"BODY", {{}, end, end}}, {"CHUNK", {{}, end, end}}}, .ehlo = ehlo};
}

TEST(Section8_DyingUpstream, costs_one_message_no_more_than_a_few_of_its_connections) {
  for (const char* ehlo : {kData, kChunking}) {
    SCOPED_TRACE(ehlo);
    Setting setting;
    setting.scripts = {dying(ehlo)};
    setting.relentless = true;
    setting.upstream.replay_buffer = 30 * kMegabyte;
    Stage stage(std::move(setting));
    warm_up(stage, kWarm);

    RawClient& client = stage.greeted();
    EXPECT_EQ(read_replies(stage.ask(client, kUpToData, 3)).codes(),
              (std::vector<int>{250, 250, 354}));
    // More than the way there holds, so that its end is never handed over.
    client.send(std::string(most_under_way() + 4 * kMegabyte, 'x'));
    const std::string heard = stage.ask(client, "\r\n.\r\n");
    EXPECT_TRUE(heard.starts_with("451-4.4.2 ")) << visible(heard);
    EXPECT_EQ(stage.upstream().messages().size(), kWarm);
    const observe::MessageRecord& record = stage.records().messages.back();
    EXPECT_EQ(record.outcome, Outcome::failed);
    EXPECT_EQ(record.repairs, kMostRepairs);
    EXPECT_EQ(stage.upstream().commands("MAIL").size(), kWarm + 1 + kMostRepairs);

    // The session goes on, and so does the upstream when it has come to itself.
    stage.upstream().relent();
    stage.run_for(std::chrono::minutes(2));
    stage.ask(client, kUpToData, 3);
    EXPECT_EQ(stage.ask(client, "text\r\n.\r\n"), "250 2.0.0 queued\r\n");
  }
}

// What is kept of all messages under way together has a bound (32 MiB). Those that come too late
// for it are sent all the same; a loss costs them the message, and the others nothing.
TEST(Section8_ReplayMemory, of_many_messages_is_bounded_and_each_ends_with_the_truth) {
  constexpr std::size_t kMessages = 12;
  constexpr std::size_t kFits = 32 / 4;
  const std::string large(4 * kMegabyte - 100, 'x');
  Setting setting;
  setting.upstream.replay_buffer = 8 * kMegabyte;
  setting.listener.max_clients = 100;
  setting.scripts = {{.ehlo = kData}};
  Stage stage(std::move(setting));
  std::vector<RawClient*> clients;
  for (std::size_t i = 0; i < kMessages; ++i) {
    clients.push_back(&stage.greeted());
    stage.ask(*clients.back(), kUpToData, 3);
    clients.back()->send(large + "\r\n");
    stage.run_for(std::chrono::seconds(5));
  }
  EXPECT_EQ(stage.upstream().connections().size(), kMessages);
  stage.upstream().break_all();
  stage.run_for(std::chrono::seconds(1));
  std::size_t accepted = 0;
  for (std::size_t i = 0; i < kMessages; ++i) {
    const std::string heard = stage.ask(*clients[i], "the end\r\n.\r\n");
    const bool taken = heard == "250 2.0.0 queued\r\n";
    EXPECT_TRUE(taken || heard.starts_with("451-4.4.2 ")) << visible(heard);
    EXPECT_EQ(taken, i < kFits) << i;
    accepted += taken ? 1 : 0;
  }
  EXPECT_EQ(stage.upstream().messages().size(), accepted);

  // What was kept has been given back.
  RawClient& client = stage.greeted();
  stage.ask(client, kUpToData, 3);
  client.send(large + "\r\n");
  stage.run_for(std::chrono::seconds(5));
  stage.upstream().break_all();
  EXPECT_EQ(stage.ask(client, "the end\r\n.\r\n"), "250 2.0.0 queued\r\n");
}

}  // namespace
}  // namespace truerelay::attacks
