#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/attacks/bytes.h"
#include "tests/attacks/stage.h"

// A second reply where one is due, and replies that nobody asked for. None of them may become the
// answer to a later command; only 421 may, which announces the end of the connection.

namespace truerelay::attacks {
namespace {

using Then = Answer::Then;

constexpr const char* kMail = "MAIL FROM:<a@x.example>\r\n";
constexpr const char* kTo = "RCPT TO:<b@y.example>\r\n";
constexpr const char* kAlsoTo = "RCPT TO:<c@y.example>\r\n";
constexpr const char* kPipelining = "250-upstream.example\r\n250 PIPELINING\r\n";
constexpr const char* kOneByOne = "250 upstream.example\r\n";

struct Unasked {
  std::string_view name;
  std::string first;     // The due answer to the first recipient.
  std::string injected;  // What comes behind it.
};
void PrintTo(const Unasked& unasked, std::ostream* out) { *out << unasked.name; }

const std::vector<Unasked>& unasked() {
  static const std::vector<Unasked> all = {
      {"a_250_behind_a_550", "550 5.1.1 no\r\n", "250 2.0.0 INJECTED\r\n"},
      {"a_250_behind_a_250", "250 2.1.5 ok\r\n", "250 2.0.0 INJECTED\r\n"},
      {"a_550_behind_a_250", "250 2.1.5 ok\r\n", "550 5.0.0 INJECTED\r\n"},
      {"a_354_behind_a_250", "250 2.1.5 ok\r\n", "354 INJECTED\r\n"},
      {"a_221_behind_a_250", "250 2.1.5 ok\r\n", "221 2.0.0 INJECTED\r\n"},
      {"replies_to_all_that_may_follow", "250 2.1.5 ok\r\n",
       "250 INJECTED\r\n354 INJECTED\r\n250 2.0.0 INJECTED\r\n"},
      {"the_beginning_of_a_reply", "250 2.1.5 ok\r\n", "250-INJECTED\r\n"},
      {"one_byte", "250 2.1.5 ok\r\n", "2"},
      {"an_empty_line", "250 2.1.5 ok\r\n", "\r\n"},
  };
  return all;
}

class Section6_UnaskedReply : public testing::TestWithParam<Unasked> {
 protected:
  static void run(const Answer& answer, const char* ehlo) {
    Setting setting;
    setting.scripts = {{.answers = {{"RCPT", {answer}}}, .ehlo = ehlo}};
    Stage stage(std::move(setting));
    RawClient& client = stage.greeted();
    stage.ask(client, kMail);
    EXPECT_EQ(stage.ask(client, kTo), GetParam().first);
    stage.run_for(std::chrono::seconds(1));
    EXPECT_TRUE(stage.ask(client, kAlsoTo).starts_with("451-4.5.0 ")) << visible(client.heard());
    const std::string data = stage.ask(client, "DATA\r\n");
    EXPECT_TRUE(data.starts_with("451") || data.starts_with("554")) << data;
    EXPECT_EQ(stage.upstream().commands("DATA"), std::vector<std::string>{});

    const std::string again =
        stage.ask(client, std::string("RSET\r\n") + kMail + kTo + "DATA\r\n", 4);
    EXPECT_EQ(read_replies(again).codes(), (std::vector<int>{250, 250, 250, 354}));
    EXPECT_EQ(stage.ask(client, "text\r\n.\r\n"), "250 2.0.0 queued\r\n");
    EXPECT_FALSE(client.heard().contains("INJECTED")) << visible(client.heard());
    EXPECT_EQ(stage.upstream().connections().size(), 2U);
  }
};

INSTANTIATE_TEST_SUITE_P(Such, Section6_UnaskedReply, testing::ValuesIn(unasked()),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST_P(Section6_UnaskedReply, in_one_segment_with_the_answer_ends_the_transaction) {
  for (const char* ehlo : {kPipelining, kOneByOne}) {
    SCOPED_TRACE(ehlo);
    run({GetParam().first + GetParam().injected}, ehlo);
  }
}

TEST_P(Section6_UnaskedReply, a_moment_after_the_answer_ends_the_transaction) {
  for (const char* ehlo : {kPipelining, kOneByOne}) {
    SCOPED_TRACE(ehlo);
    run({.bytes = GetParam().first, .later = GetParam().injected}, ehlo);
  }
}

// While two answers are due nobody can tell the second from an injected one; it shows at the next
// command, and the transaction fails before its data.
TEST(Section6_UnaskedReplyTo,
     a_sender_in_one_flight_with_a_recipient_does_not_get_a_message_accepted) {
  Setting setting;
  setting.scripts = {
      {.answers = {{"MAIL", {{"250 ok\r\n250 INJECTED\r\n"}}}, {"RCPT", {{"550 5.1.1 no\r\n"}}}}}};
  Stage stage(std::move(setting));
  RawClient& client = stage.greeted();
  stage.ask(client, kMail);
  stage.ask(client, kTo);
  stage.run_for(std::chrono::seconds(1));
  EXPECT_TRUE(stage.ask(client, "DATA\r\n").starts_with("451-4.5.0 "));
  EXPECT_EQ(stage.upstream().commands("DATA"), std::vector<std::string>{});
  ASSERT_EQ(stage.records().messages.size(), 1U);
  EXPECT_EQ(stage.records().messages.front().outcome, observe::Outcome::failed);
}

TEST(Section6_UnaskedReplyTo, a_message_does_not_answer_the_next_transaction) {
  for (const bool later : {false, true}) {
    SCOPED_TRACE(later);
    Setting setting;
    const std::string injected = "250 INJECTED\r\n250 INJECTED\r\n354 INJECTED\r\n";
    setting.scripts = {{.answers = {{".",
                                     {{.bytes = "250 2.0.0 queued\r\n" + (later ? "" : injected),
                                       .later = later ? injected : ""}}}}}};
    Stage stage(std::move(setting));
    RawClient& client = stage.greeted();
    for (int transaction = 0; transaction < 2; ++transaction) {
      stage.ask(client, std::string(kMail) + kTo + "DATA\r\n", 3);
      EXPECT_EQ(stage.ask(client, "text\r\n.\r\n"), "250 2.0.0 queued\r\n");
      stage.run_for(std::chrono::seconds(1));
    }
    EXPECT_FALSE(client.heard().contains("INJECTED")) << visible(client.heard());
    EXPECT_EQ(stage.upstream().connections().size(), 2U);
    EXPECT_EQ(stage.upstream().messages().size(), 2U);
  }
}

// --- 421, and 221 where nobody said QUIT ---

TEST(Section6_Reply421, between_two_commands_is_made_good_by_another_connection) {
  for (const Then then : {Then::listens, Then::closes}) {
    SCOPED_TRACE(then == Then::closes);
    Setting setting;
    setting.scripts = {{.answers = {{"RCPT",
                                     {{.bytes = "250 2.1.5 ok\r\n",
                                       .then = then,
                                       .later = "421 4.3.2 shutting down\r\n"}}}}}};
    Stage stage(std::move(setting));
    RawClient& client = stage.greeted();
    stage.ask(client, std::string(kMail) + kTo, 2);
    stage.run_for(std::chrono::seconds(1));
    const std::string heard = stage.ask(client, std::string(kAlsoTo) + "DATA\r\n", 2);
    EXPECT_EQ(read_replies(heard).codes(), (std::vector<int>{250, 354}));
    EXPECT_EQ(stage.ask(client, "text\r\n.\r\n"), "250 2.0.0 queued\r\n");
    EXPECT_EQ(stage.upstream().connections().size(), 2U);
    // All of it over the second one, and nothing but the first recipient over the first.
    EXPECT_EQ(stage.upstream().envelopes(),
              (std::vector<std::string>{kMail, kTo, kMail, kTo, kAlsoTo}));
    EXPECT_EQ(stage.upstream().connections().front().messages, std::vector<std::string>{});
    EXPECT_EQ(stage.upstream().messages().size(), 1U);
  }
}

TEST(Section6_Reply421, between_two_commands_for_ever_answers_the_next_and_ends_the_session) {
  for (const Then then : {Then::listens, Then::closes}) {
    SCOPED_TRACE(then == Then::closes);
    Setting setting;
    setting.scripts = {{.answers = {{"RCPT",
                                     {{.bytes = "250 2.1.5 ok\r\n",
                                       .then = then,
                                       .later = "421 4.3.2 shutting down\r\n"}}}}}};
    setting.relentless = true;
    Stage stage(std::move(setting));
    RawClient& client = stage.greeted();
    stage.ask(client, kMail);
    EXPECT_EQ(stage.ask(client, kTo), "250 2.1.5 ok\r\n");
    stage.run_for(std::chrono::seconds(1));
    client.send(std::string(kAlsoTo) + "DATA\r\n");
    EXPECT_EQ(stage.hear_to_end(client), "421 4.3.2 shutting down\r\n");
    EXPECT_EQ(stage.upstream().commands("DATA"), std::vector<std::string>{});
    EXPECT_LE(stage.upstream().connections().size(), 3U);
  }
}

TEST(Section6_Reply421, between_two_transactions_makes_the_next_take_a_new_connection) {
  Setting setting;
  setting.scripts = {{.answers = {{".",
                                   {{.bytes = "250 2.0.0 queued\r\n",
                                     .then = Then::closes,
                                     .later = "421 4.3.2 shutting down\r\n"}}}}}};
  Stage stage(std::move(setting));
  RawClient& client = stage.greeted();
  for (int transaction = 0; transaction < 2; ++transaction) {
    stage.ask(client, std::string(kMail) + kTo + "DATA\r\n", 3);
    EXPECT_EQ(stage.ask(client, "text\r\n.\r\n"), "250 2.0.0 queued\r\n");
    stage.run_for(std::chrono::seconds(1));
  }
  EXPECT_EQ(stage.upstream().connections().size(), 2U);
  EXPECT_FALSE(client.heard().contains("421"));
}

// An upstream that says so and then leaves the connection open does not keep the client waiting.
TEST(Section6_Reply421, to_a_sender_for_ever_reaches_the_client_at_once) {
  for (const char* ehlo : {kPipelining, kOneByOne}) {
    SCOPED_TRACE(ehlo);
    Setting setting;
    setting.scripts = {
        {.answers = {{"MAIL",
                      {{.bytes = "421 4.3.2 shutting down\r\n", .then = Then::stops_reading}}}},
         .ehlo = ehlo}};
    setting.relentless = true;
    Stage stage(std::move(setting));
    RawClient& client = stage.greeted();
    stage.ask(client, kMail);
    const io::Time asked = stage.now();
    client.send(kTo);
    EXPECT_EQ(stage.hear(client), "421 4.3.2 shutting down\r\n");
    EXPECT_LT(stage.now() - asked, std::chrono::minutes(1));
    EXPECT_EQ(stage.hear_to_end(client), "");
    EXPECT_LE(stage.upstream().connections().size(), 2U);
  }
}

TEST(Section6_Reply221, in_the_middle_of_a_transaction_gets_no_message_accepted) {
  Setting setting;
  setting.scripts = {
      {.answers = {{"RCPT", {{.bytes = "221 2.0.0 bye\r\n", .then = Then::closes}}}}}};
  setting.relentless = true;
  Stage stage(std::move(setting));
  RawClient& client = stage.greeted();
  stage.ask(client, kMail);
  stage.ask(client, kTo);
  stage.run_for(std::chrono::seconds(1));
  EXPECT_TRUE(stage.ask(client, "DATA\r\n").starts_with("451-4.4.2 "));
  EXPECT_LE(stage.upstream().connections().size(), 3U);
  stage.upstream().relent();
  const std::string again =
      stage.ask(client, std::string("RSET\r\n") + kMail + kTo + "DATA\r\n", 4);
  EXPECT_EQ(read_replies(again).codes(), (std::vector<int>{250, 250, 250, 354}));
  EXPECT_EQ(stage.ask(client, "text\r\n.\r\n"), "250 2.0.0 queued\r\n");
}

}  // namespace
}  // namespace truerelay::attacks
