#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/attacks/bytes.h"
#include "tests/attacks/stage.h"

// The answer to a whole message: what the upstream said stays said, and what it did not say is in
// doubt, never guessed.

namespace truerelay::attacks {
namespace {

using observe::Outcome;
using simulation::Direction;
using simulation::Fault;
using Then = Answer::Then;

constexpr const char* kUpToData = "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nDATA\r\n";
constexpr const char* kMessage = "Subject: x\r\n\r\ntext\r\n.\r\n";

Setting answering(const Answer& answer) {
  Setting setting;
  setting.scripts = {{.answers = {{".", {answer}}}}};
  return setting;
}

std::string send_message(Stage& stage, RawClient& client) {
  EXPECT_EQ(read_replies(stage.ask(client, kUpToData, 3)).codes(),
            (std::vector<int>{250, 250, 354}));
  return stage.ask(client, kMessage);
}

void expect_outcome(const Stage& stage, Outcome outcome) {
  ASSERT_FALSE(stage.records().messages.empty());
  EXPECT_EQ(stage.records().messages.front().outcome, outcome);
  EXPECT_TRUE(stage.records().messages.front().client_heard);
}

struct Doubtful {
  std::string_view name;
  Answer answer;
};
void PrintTo(const Doubtful& doubtful, std::ostream* out) { *out << doubtful.name; }

const std::vector<Doubtful>& doubtful() {
  static const std::vector<Doubtful> all = {
      {"end_of_the_connection", {.then = Then::closes}},
      {"half_a_code", {.bytes = "25", .then = Then::closes}},
      {"reply_without_its_line_end", {.bytes = "250 ok", .then = Then::closes}},
      {"reply_with_half_its_line_end", {.bytes = "250 ok\r", .then = Then::closes}},
      {"half_a_reply", {.bytes = "250-ok\r\n", .then = Then::closes}},
      {"bare_LF", {"250 ok\n"}},
      {"bare_LF_inside", {"250 ok\n250 ok\r\n"}},
      {"two_codes", {"250-ok\r\n550 no\r\n"}},
      {"letter_O_in_the_code", {"25O ok\r\n"}},
      {"code_999", {"999 ok\r\n"}},
      {"354", {"354 more\r\n"}},
      {"334", {"334 x\r\n"}},
      {"empty_line", {"\r\n"}},
      {"8_MB_without_CRLF", {.bytes = "2", .more = 8U << 20}},
  };
  return all;
}

class Section6_FinalReplyInDoubt : public testing::TestWithParam<Doubtful> {};
INSTANTIATE_TEST_SUITE_P(For, Section6_FinalReplyInDoubt, testing::ValuesIn(doubtful()),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST_P(Section6_FinalReplyInDoubt, is_told_as_such_and_the_message_is_not_sent_again) {
  Stage stage(answering(GetParam().answer));
  RawClient& client = stage.greeted();
  const std::string heard = send_message(stage, client);
  EXPECT_TRUE(heard.starts_with("451-4.4.2 Outcome unknown")) << visible(heard);
  EXPECT_EQ(stage.upstream().messages().size(), 1U);
  expect_outcome(stage, Outcome::in_doubt);
  // The session goes on, on another connection.
  EXPECT_EQ(send_message(stage, client), "250 2.0.0 queued\r\n");
  EXPECT_EQ(stage.upstream().connections().size(), 2U);
}

TEST(Section6_FinalReply, that_does_not_come_leaves_the_message_in_doubt_after_its_time) {
  Setting setting = answering({});
  setting.upstream.final_reply_timeout = std::chrono::minutes(10);
  Stage stage(std::move(setting));
  RawClient& client = stage.greeted();
  const io::Time sent = stage.now();
  const std::string heard = send_message(stage, client);
  EXPECT_TRUE(heard.starts_with("451-4.4.2 Outcome unknown")) << visible(heard);
  EXPECT_GE(stage.now() - sent, std::chrono::minutes(10));
  EXPECT_LT(stage.now() - sent, std::chrono::minutes(11));
  expect_outcome(stage, Outcome::in_doubt);
  EXPECT_EQ(stage.upstream().messages().size(), 1U);
}

// Bytes that come one by one do not buy the upstream more time.
TEST(Section6_FinalReply, that_comes_in_drops_without_end_leaves_the_message_in_doubt) {
  Setting setting =
      answering({.later = "250-" + std::string(4000, 'x'), .drip = std::chrono::seconds(1)});
  setting.upstream.final_reply_timeout = std::chrono::minutes(10);
  Stage stage(std::move(setting));
  RawClient& client = stage.greeted();
  stage.ask(client, kUpToData, 3);
  const io::Time sent = stage.now();
  const std::string heard = stage.ask(client, kMessage);
  EXPECT_TRUE(heard.starts_with("451-4.4.2 Outcome unknown")) << visible(heard);
  EXPECT_LT(stage.now() - sent, std::chrono::minutes(11));
  expect_outcome(stage, Outcome::in_doubt);
}

TEST(Section6_FinalReply, of_250_stays_a_success_when_the_connection_is_reset_behind_it) {
  if (!ground_is_simulated()) {
    GTEST_SKIP() << "what the network does at a byte is simulated";
  }
  // As many bytes as an upstream says up to the 250: the reset strikes behind them.
  std::uint64_t said = 0;
  {
    Stage stage;
    RawClient& client = stage.greeted();
    EXPECT_EQ(send_message(stage, client), "250 2.0.0 queued\r\n");
    said = stage.upstream().connections().front().said;
  }
  Setting setting;
  setting.attempt.faults.list = {{.kind = Fault::Kind::reset,
                                  .direction = Direction::to_client,
                                  .at = said,
                                  .after = std::chrono::milliseconds(50)}};
  Stage stage(std::move(setting));
  RawClient& client = stage.greeted();
  EXPECT_EQ(send_message(stage, client), "250 2.0.0 queued\r\n");
  stage.run_for(std::chrono::seconds(1));
  expect_outcome(stage, Outcome::accepted);
  EXPECT_EQ(stage.upstream().messages().size(), 1U);
  // What comes next takes a new connection.
  EXPECT_EQ(send_message(stage, client), "250 2.0.0 queued\r\n");
  EXPECT_EQ(stage.upstream().connections().size(), 2U);
}

TEST(Section6_FinalReply, that_a_reset_takes_away_leaves_the_message_in_doubt) {
  if (!ground_is_simulated()) {
    GTEST_SKIP() << "what the network does at a byte is simulated";
  }
  std::uint64_t said = 0;
  {
    Stage stage;
    RawClient& client = stage.greeted();
    EXPECT_EQ(send_message(stage, client), "250 2.0.0 queued\r\n");
    said = stage.upstream().connections().front().said;
  }
  const std::uint64_t reply = std::string_view("250 2.0.0 queued\r\n").size();
  for (std::uint64_t lost = 1; lost <= reply; ++lost) {
    SCOPED_TRACE(lost);
    Setting setting;
    setting.attempt.faults.list = {{.kind = Fault::Kind::reset,
                                    .direction = Direction::to_client,
                                    .at = said - lost,
                                    .after = std::chrono::milliseconds(50)}};
    Stage stage(std::move(setting));
    RawClient& client = stage.greeted();
    const std::string heard = send_message(stage, client);
    EXPECT_TRUE(heard.starts_with("451-4.4.2 ")) << visible(heard);
    EXPECT_EQ(stage.upstream().messages().size(), 1U);
  }
}

TEST(Section6_FinalReply, of_250_stays_a_success_when_nobody_answers_QUIT) {
  Setting setting;
  setting.scripts = {{.answers = {{"QUIT", {{}}}}}};
  Stage stage(std::move(setting));
  RawClient& client = stage.greeted();
  EXPECT_EQ(send_message(stage, client), "250 2.0.0 queued\r\n");
  EXPECT_TRUE(stage.ask(client, "QUIT\r\n").starts_with("221 "));
  stage.run_for(std::chrono::minutes(1));
  EXPECT_EQ(stage.sessions(), 0U);
  expect_outcome(stage, Outcome::accepted);
  EXPECT_EQ(stage.records().messages.size(), 1U);
}

TEST(Section6_FinalReply, of_two_replies_is_the_first) {
  struct Two {
    const char* both;
    const char* first;
    Outcome outcome;
  };
  for (const Two& two :
       {Two{"250 ok\r\n550 INJECTED\r\n", "250 ok\r\n", Outcome::accepted},
        Two{"550 no\r\n250 INJECTED\r\n", "550 no\r\n", Outcome::refused},
        Two{"452-a\r\n452 b\r\n250 INJECTED\r\n", "452-a\r\n452 b\r\n", Outcome::refused}}) {
    SCOPED_TRACE(two.both);
    Stage stage(answering({two.both}));
    RawClient& client = stage.greeted();
    EXPECT_EQ(send_message(stage, client), two.first);
    expect_outcome(stage, two.outcome);
    EXPECT_EQ(send_message(stage, client), "250 2.0.0 queued\r\n");
    EXPECT_FALSE(client.heard().contains("INJECTED"));
  }
}

TEST(Section6_FinalReply, of_421_is_a_refusal_and_ends_the_session) {
  Stage stage(answering({.bytes = "421 4.3.2 shutting down\r\n", .then = Then::closes}));
  RawClient& client = stage.greeted();
  EXPECT_EQ(send_message(stage, client), "421 4.3.2 shutting down\r\n");
  EXPECT_EQ(stage.hear_to_end(client), "");
  expect_outcome(stage, Outcome::refused);
}

}  // namespace
}  // namespace truerelay::attacks
