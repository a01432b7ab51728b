// No global state: two engines stand in one process.

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "tests/app/practice_process.h"
#include "tests/app/running_engine.h"
#include "tests/app/smtp_socket.h"

namespace truerelay::app {
namespace {

constexpr std::size_t kMessages = 5;

void deliver_some(std::uint16_t port, std::vector<std::string>& replies) {
  for (std::size_t i = 0; i < kMessages; ++i) {
    SmtpSocket client(port);
    replies.push_back(client.deliver("a@example.net"));
  }
}

std::size_t count(const std::string& text, const std::string& word) {
  std::size_t found = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    ++found;
  }
  return found;
}

TEST(TwoEngines, InOneProcessPassMessagesOnAndStop) {
  const Installation certified;
  const PracticeProcess practice(certified, certified.path("mail"));
  const Installation starttls(practice.ports().starttls, "starttls");
  const Installation implicit(practice.ports().implicit, "implicit");
  for (const Installation* installation : {&starttls, &implicit}) {
    installation->write("certs/ca.pem", certified.read("certs/ca.pem"));
  }
  std::vector<std::string> first_replies;
  std::vector<std::string> second_replies;
  {
    RunningEngine first(starttls.config());
    RunningEngine second(implicit.config());
    EXPECT_NE(first.port(), second.port());
    std::thread first_client(deliver_some, first.port(), std::ref(first_replies));
    std::thread second_client(deliver_some, second.port(), std::ref(second_replies));
    first_client.join();
    second_client.join();
    RunningEngine::ask_all_to_stop();
    EXPECT_TRUE(first.has_ended());
    EXPECT_TRUE(second.has_ended());
  }
  for (const std::vector<std::string>* replies : {&first_replies, &second_replies}) {
    ASSERT_EQ(replies->size(), kMessages);
    for (const std::string& reply : *replies) {
      EXPECT_TRUE(reply.starts_with("250 2.6.0 ")) << reply;
    }
  }
  EXPECT_EQ(practice.accepted(), 2 * kMessages);
  // Each log has the messages of its own engine and of no other.
  for (const Installation* installation : {&starttls, &implicit}) {
    const std::string log = installation->read("truerelay.log");
    EXPECT_EQ(count(log, "accepted"), kMessages) << log;
    EXPECT_EQ(count(log, "is ready at"), 1U) << log;
  }
}

}  // namespace
}  // namespace truerelay::app
