#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/attacks/bytes.h"
#include "tests/attacks/memory.h"
#include "tests/attacks/stage.h"

// As much as nobody sends by accident: it passes, or is refused, in bounded memory.

namespace truerelay::attacks {
namespace {

using Lines = std::vector<std::string>;

constexpr const char* kUpToData = "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nDATA\r\n";
constexpr std::size_t kMegabyte = std::size_t{1} << 20;
// All of it is both sides' and the connections', which hold several megabytes of a flood.
constexpr std::size_t kMostMemory = 40 * kMegabyte;

Setting unlimited() {
  Setting setting;
  setting.scripts = {{.ehlo = "250-upstream.example\r\n250 SIZE 0\r\n", .forgets_messages = true}};
  return setting;
}

TEST(Section8_Volume, of_100_MB_in_one_line_goes_through_in_bounded_memory) {
  Stage stage(unlimited());
  RawClient& client = stage.greeted();
  stage.ask(client, kUpToData, 3);
  const MemoryWatch memory;
  client.send_times(100, std::string(kMegabyte, 'x'));
  EXPECT_EQ(stage.ask(client, "\r\n.\r\n"), "250 2.0.0 queued\r\n");
  const ScriptedUpstream::Connection& connection = stage.upstream().connections().back();
  ASSERT_EQ(connection.messages.size(), 1U);
  EXPECT_EQ(connection.forgotten + connection.messages.front().size(), 100 * kMegabyte + 5);
  EXPECT_LT(memory.grown(), kMostMemory);
}

TEST(Section8_Volume, of_100_MB_in_the_place_of_a_command_is_refused_at_the_limit) {
  Stage stage;
  RawClient& client = stage.greeted();
  const MemoryWatch memory;
  client.send_times(100, std::string(kMegabyte, 'x'));
  EXPECT_TRUE(stage.hear_to_end(client).starts_with("500 5.5.2 "));
  EXPECT_LT(client.handed_on(), 2 * kMegabyte + most_under_way());
  EXPECT_LT(memory.grown(), kMostMemory);
  stage.run_for(std::chrono::minutes(2));
  EXPECT_TRUE(stage.upstream().untouched());
}

TEST(Section8_Volume, of_200_MB_behind_SIZE_of_1_is_refused_and_cut_off) {
  Setting setting;
  setting.scripts = {{.forgets_messages = true}};  // It takes 1,000,000 octets.
  Stage stage(std::move(setting));
  RawClient& client = stage.greeted();
  EXPECT_TRUE(stage.ask(client, "MAIL FROM:<a@x.example> SIZE=1\r\n").starts_with("250 "));
  stage.ask(client, "RCPT TO:<b@y.example>\r\nDATA\r\n", 2);
  const MemoryWatch memory;
  std::string lines;
  while (lines.size() < kMegabyte) {
    lines += std::string(998, 'x') + "\r\n";
  }
  client.send_times(200, lines);
  client.send(".\r\n");
  const std::string heard = stage.hear_to_end(client);
  EXPECT_TRUE(heard.starts_with("552 5.3.4 ")) << visible(heard);
  // It is read on for a while, so that the refusal stands where it belongs; not for ever.
  EXPECT_LT(client.handed_on(), 70 * kMegabyte + most_under_way());
  EXPECT_LT(memory.grown(), kMostMemory);
  EXPECT_EQ(stage.upstream().messages(), Lines{});
  EXPECT_LE(stage.upstream().connections().front().forgotten, kMegabyte);
}

// Those who talk all the time about nothing do not fill the memory either.
TEST(Section8_Volume, of_100000_commands_is_answered_in_bounded_memory) {
  Stage stage;
  RawClient& client = stage.greeted();
  const MemoryWatch memory;
  std::string commands;
  for (int i = 0; i < 1000; ++i) {
    commands += "RSET\r\n";
  }
  for (int i = 0; i < 100; ++i) {
    client.send(commands);
    stage.hear(client, 1000);
  }
  EXPECT_EQ(client.replies(), 100'002U);
  EXPECT_LT(memory.grown(), kMostMemory);
}

}  // namespace
}  // namespace truerelay::attacks
