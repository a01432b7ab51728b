#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/attacks/bytes.h"
#include "tests/attacks/stage.h"

// Answers to DATA, and while a message is under way, that no server may give.

namespace truerelay::attacks {
namespace {

using Then = Answer::Then;

constexpr const char* kEnvelope = "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\n";

// A client whose recipient was accepted by an upstream that will answer at `place`, on each of its
// connections until it relents.
struct Transaction {
  Transaction(const std::string& place, const Answer& answer) : stage(with(place, answer)) {
    EXPECT_EQ(read_replies(stage.ask(client, kEnvelope, 2)).codes(), (std::vector<int>{250, 250}));
  }

  static Setting with(const std::string& place, const Answer& answer) {
    Setting setting;
    setting.scripts = {{.answers = {{place, {answer}}}}};
    setting.relentless = true;
    return setting;
  }

  // Another message in the same session is accepted, by another connection.
  void expect_that_the_next_one_succeeds() {
    EXPECT_EQ(stage.upstream().messages(), std::vector<std::string>{});
    EXPECT_LE(stage.upstream().connections().size(), 2U);
    stage.upstream().relent();
    const std::string again = stage.ask(client, std::string(kEnvelope) + "DATA\r\n", 3);
    EXPECT_EQ(read_replies(again).codes(), (std::vector<int>{250, 250, 354}));
    EXPECT_EQ(stage.ask(client, "text\r\n.\r\n"), "250 2.0.0 queued\r\n");
    EXPECT_EQ(stage.upstream().messages().size(), 1U);
    EXPECT_EQ(stage.upstream().connections().back().messages.size(), 1U);
    EXPECT_GE(stage.upstream().connections().size(), 2U);
    EXPECT_EQ(stage.records().messages.front().outcome, outcome);
  }

  Stage stage;
  RawClient& client = stage.greeted();
  observe::Outcome outcome = observe::Outcome::refused;
};

struct Hostile {
  std::string_view name;
  Answer answer;
  std::string_view heard;
};
void PrintTo(const Hostile& hostile, std::ostream* out) { *out << hostile.name; }

const std::vector<Hostile>& instead_of_354() {
  static const std::vector<Hostile> all = {
      {"250", {"250 ok\r\n"}, "451-4.5.0 "},
      {"221", {.bytes = "221 bye\r\n", .then = Then::closes}, "451-4.5.0 "},
      {"334", {"334 x\r\n"}, "451-4.5.0 "},
      {"350", {"350 x\r\n"}, "451-4.5.0 "},
      {"354_with_bare_LF", {"354 go\n"}, "451-4.5.0 "},
      {"354_and_another_code", {"354-go\r\n250 ok\r\n"}, "451-4.5.0 "},
      {"the_end", {.then = Then::closes}, "451-4.4.2 "},
      {"silence", {}, "451-4.4.2 "},
  };
  return all;
}

class Section6_InsteadOf354 : public testing::TestWithParam<Hostile> {};
INSTANTIATE_TEST_SUITE_P(Comes, Section6_InsteadOf354, testing::ValuesIn(instead_of_354()),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST_P(Section6_InsteadOf354, and_the_client_is_not_asked_for_its_message) {
  Transaction transaction("DATA", GetParam().answer);
  const std::string heard = transaction.stage.ask(transaction.client, "DATA\r\n");
  EXPECT_TRUE(heard.starts_with(GetParam().heard)) << visible(heard);
  transaction.outcome = observe::Outcome::failed;
  transaction.expect_that_the_next_one_succeeds();
}

TEST(Section6_DataReply, that_refuses_is_passed_on) {
  Transaction transaction("DATA", {"554-5.5.1 no\r\n554 5.5.1 thanks\r\n"});
  EXPECT_EQ(transaction.stage.ask(transaction.client, "DATA\r\n"),
            "554-5.5.1 no\r\n554 5.5.1 thanks\r\n");
}

TEST(Section6_DataReply, of_421_for_ever_is_passed_on_and_ends_the_session) {
  Transaction transaction("DATA", {"421 4.3.2 shutting down\r\n"});
  transaction.client.send("DATA\r\n");
  EXPECT_EQ(transaction.stage.hear_to_end(transaction.client), "421 4.3.2 shutting down\r\n");
  EXPECT_LE(transaction.stage.upstream().connections().size(), 2U);
}

// --- Replies that come before the message is complete ---

const std::vector<Hostile>& early() {
  static const std::vector<Hostile> all = {
      {"250", {"250 2.0.0 INJECTED\r\n"}, "451-4.5.0 "},
      {"354", {"354 INJECTED\r\n"}, "451-4.5.0 "},
      {"nonsense", {"25O INJECTED\r\n"}, "451-4.5.0 "},
      {"bare_LF", {"250 INJECTED\n"}, "451-4.5.0 "},
      {"end_of_the_connection", {.then = Then::closes}, "451-4.4.2 "},
      {"half_a_reply_and_the_end", {.bytes = "250-", .then = Then::closes}, "451-4.4.2 "},
  };
  return all;
}

class Section6_EarlyReply : public testing::TestWithParam<Hostile> {};
INSTANTIATE_TEST_SUITE_P(Of, Section6_EarlyReply, testing::ValuesIn(early()),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST_P(Section6_EarlyReply, in_the_middle_of_a_message_accepts_nothing) {
  Transaction transaction("BODY", GetParam().answer);
  transaction.stage.ask(transaction.client, "DATA\r\n");
  // In parts, so that a connection that replaces the first is in the middle of it, too.
  transaction.client.send("Subject: x\r\n\r\nfirst part\r\n");
  transaction.stage.run_for(std::chrono::seconds(1));
  transaction.client.send("second part\r\n");
  transaction.stage.run_for(std::chrono::seconds(1));
  const std::string heard = transaction.stage.ask(transaction.client, "last part\r\n.\r\n");
  EXPECT_TRUE(heard.starts_with(GetParam().heard)) << visible(heard);
  transaction.outcome = observe::Outcome::failed;
  transaction.expect_that_the_next_one_succeeds();
}

TEST_P(Section6_EarlyReply, behind_354_in_one_segment_accepts_nothing) {
  Answer answer = GetParam().answer;
  answer.bytes.insert(0, "354 go ahead\r\n");
  for (const char* message : {"Subject: x\r\n\r\ntext\r\n.\r\n", ".\r\n"}) {
    SCOPED_TRACE(message);
    Transaction transaction("DATA", answer);
    EXPECT_EQ(transaction.stage.ask(transaction.client, "DATA\r\n"), "354 go ahead\r\n");
    const std::string heard = transaction.stage.ask(transaction.client, message);
    EXPECT_TRUE(heard.starts_with(GetParam().heard)) << visible(heard);
    EXPECT_EQ(read_replies(heard).whole.size(), 1U);
    // A connection that is gone by then may have taken the end of so short a message.
    const bool gone = answer.then == Then::closes;
    transaction.outcome = gone ? observe::Outcome::in_doubt : observe::Outcome::failed;
    transaction.expect_that_the_next_one_succeeds();
  }
}

TEST(Section6_EarlyRefusal, is_what_the_client_hears_at_the_end_of_its_message) {
  Transaction transaction("BODY", {"552-5.3.4 too\r\n552 5.3.4 much\r\n"});
  transaction.stage.ask(transaction.client, "DATA\r\n");
  transaction.client.send("Subject: x\r\n\r\nfirst half\r\n");
  transaction.stage.run_for(std::chrono::seconds(1));
  EXPECT_EQ(transaction.stage.ask(transaction.client, "second half\r\n.\r\n"),
            "552-5.3.4 too\r\n552 5.3.4 much\r\n");
  transaction.expect_that_the_next_one_succeeds();
}

}  // namespace
}  // namespace truerelay::attacks
