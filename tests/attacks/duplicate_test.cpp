#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "base/base64.h"
#include "tests/attacks/bytes.h"
#include "tests/attacks/stage.h"

// A client leaves behind its final dot and its message is accepted: the same message again is
// answered with that acceptance. Two messages that are not the same are both sent, however alike
// they are: to take one for the other would say 250 for what nobody got.

namespace truerelay::attacks {
namespace {

using observe::Outcome;
using std::string_literals::operator""s;
using Lines = std::vector<std::string>;

struct Message {
  std::string mail = "MAIL FROM:<a@x.example>\r\n";
  Lines to = {"RCPT TO:<b@y.example>\r\n", "RCPT TO:<c@y.example>\r\n"};
  std::string text = "Subject: invoice 1\r\nTo: b\r\n\r\nten euros\r\n\r\n";
  std::string login = {};
};

constexpr const char* kFirst = "250 2.0.0 FIRST\r\n";
constexpr const char* kPipelining = "250-upstream.example\r\n250-PIPELINING\r\n250 AUTH PLAIN\r\n";
constexpr const char* kChunking =
    "250-upstream.example\r\n250-PIPELINING\r\n250-CHUNKING\r\n250 AUTH PLAIN\r\n";

// An upstream that answers the first message a moment after its client has left.
Setting answering_late(const std::string& answer, const char* ehlo) {
  Setting setting;
  Script script{.ehlo = ehlo};
  const Answer late{.later = answer, .moment = std::chrono::seconds(2)};
  script.answers["."] = {late};
  script.answers["LAST"] = {late};
  setting.scripts = {script};
  return setting;
}

RawClient& up_to_data(Stage& stage, const Message& message) {
  RawClient& client = stage.greeted();
  if (!message.login.empty()) {
    EXPECT_TRUE(stage.ask(client, message.login).starts_with("235 "));
  }
  std::string envelope = message.mail;
  for (const std::string& line : message.to) {
    envelope += line;
  }
  stage.ask(client, envelope, 1 + message.to.size());
  EXPECT_TRUE(stage.ask(client, "DATA\r\n").starts_with("354 "));
  return client;
}

// Sends it and leaves before there is an answer.
void send_and_leave(Stage& stage, const Message& message) {
  RawClient& client = up_to_data(stage, message);
  client.send(message.text + ".\r\n");
  stage.run_for(std::chrono::seconds(1));
  client.leave();
}
std::string send(Stage& stage, const Message& message) {
  RawClient& client = up_to_data(stage, message);
  return stage.ask(client, message.text + ".\r\n");
}

// The setting of all the others proves something only because of this one.
TEST(SameMessage, again_gets_the_acceptance_of_the_first_and_is_not_sent) {
  for (const char* ehlo : {kPipelining, kChunking}) {
    for (const bool settled : {true, false}) {
      SCOPED_TRACE(settled);
      Stage stage(answering_late(kFirst, ehlo));
      send_and_leave(stage, {});
      stage.run_for(std::chrono::seconds(settled ? 10 : 0));
      RawClient& again = up_to_data(stage, {});
      EXPECT_EQ(stage.ask(again, Message().text + ".\r\n"), kFirst);
      EXPECT_EQ(stage.upstream().messages().size(), 1U);
      ASSERT_EQ(stage.records().messages.size(), 2U);
      EXPECT_EQ(std::ranges::count_if(stage.records().messages,
                                      [](const auto& record) { return record.duplicate; }),
                1);
      // Once that was heard, it is over: who sends it a third time wants it sent.
      EXPECT_TRUE(stage.ask(again, "QUIT\r\n").starts_with("221 "));
      EXPECT_EQ(send(stage, {}), "250 2.0.0 queued\r\n");
    }
  }
}

struct Other {
  std::string_view name;
  Message message;
};
void PrintTo(const Other& other, std::ostream* out) { *out << other.name; }

Message with_text(std::string text) { return {.text = std::move(text)}; }

const std::vector<Other>& others() {
  const std::string text = Message().text;
  std::string flipped = text;
  flipped[text.find("ten")] = static_cast<char>('t' ^ 1);
  std::string early = text;
  early[0] = 's';
  static const std::vector<Other> all = {
      {"one_bit_of_its_text", with_text(flipped)},
      {"its_first_letter", with_text(early)},
      {"an_empty_line_more", with_text(text + "\r\n")},
      {"an_empty_line_less", with_text(text.substr(0, text.size() - 2))},
      {"a_space_at_its_end", with_text(text.substr(0, text.size() - 2) + " \r\n")},
      {"a_dot_in_a_line", with_text(text + "..\r\n")},
      {"nothing_in_it", with_text("")},
      {"one_line_end_in_it", with_text("\r\n")},
      {"twice_its_text", with_text(text + text)},
      {"its_lines_in_another_order",
       with_text("To: b\r\nSubject: invoice 1\r\n\r\nten euros\r\n\r\n")},
      {"another_sender", {.mail = "MAIL FROM:<a@y.example>\r\n"}},
      {"a_sender_in_another_case", {.mail = "MAIL FROM:<A@x.example>\r\n"}},
      {"no_sender", {.mail = "MAIL FROM:<>\r\n"}},
      {"one_recipient_less", {.to = {"RCPT TO:<b@y.example>\r\n"}}},
      {"the_other_recipient_less", {.to = {"RCPT TO:<c@y.example>\r\n"}}},
      {"one_recipient_more",
       {.to = {"RCPT TO:<b@y.example>\r\n", "RCPT TO:<c@y.example>\r\n",
               "RCPT TO:<d@y.example>\r\n"}}},
      {"a_recipient_twice",
       {.to = {"RCPT TO:<b@y.example>\r\n", "RCPT TO:<c@y.example>\r\n",
               "RCPT TO:<c@y.example>\r\n"}}},
      {"two_recipients_in_one",
       {.to = {"RCPT TO:<\"b@y.examplec\"@y.example>\r\n", "RCPT TO:<c@y.example>\r\n"}}},
      {"sender_and_recipient_changed_over",
       {.mail = "MAIL FROM:<b@y.example>\r\n",
        .to = {"RCPT TO:<a@x.example>\r\n", "RCPT TO:<c@y.example>\r\n"}}},
  };
  return all;
}

class OtherMessage : public testing::TestWithParam<Other> {};
INSTANTIATE_TEST_SUITE_P(With, OtherMessage, testing::ValuesIn(others()),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST_P(OtherMessage, is_not_taken_for_the_one_that_was_accepted) {
  for (const char* ehlo : {kPipelining, kChunking}) {
    for (const bool settled : {true, false}) {
      SCOPED_TRACE(settled);
      Stage stage(answering_late(kFirst, ehlo));
      send_and_leave(stage, {});
      stage.run_for(std::chrono::seconds(settled ? 10 : 0));
      EXPECT_EQ(send(stage, GetParam().message), "250 2.0.0 queued\r\n");
      stage.run_for(std::chrono::seconds(10));
      EXPECT_EQ(stage.upstream().messages().size(), 2U);
      EXPECT_FALSE(stage.records().messages.back().duplicate);
      // And the one that was accepted is still known.
      EXPECT_EQ(send(stage, {}), kFirst);
      EXPECT_EQ(stage.upstream().messages().size(), 2U);
    }
  }
}

// Every letter of a message counts, and every bit of it.
TEST(OtherMessage, in_any_one_letter_is_another_message) {
  Stage stage(answering_late(kFirst, kPipelining));
  send_and_leave(stage, {});
  stage.run_for(std::chrono::seconds(10));
  const std::string text = Message().text;
  RawClient& client = stage.greeted();
  std::size_t sent = 1;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\r' || text[at] == '\n') {
      continue;
    }
    for (const int bit : {1, 0x80}) {
      std::string other = text;
      other[at] = static_cast<char>(static_cast<unsigned char>(other[at]) ^ bit);
      stage.ask(client,
                "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nRCPT TO:<c@y.example>\r\n"
                "DATA\r\n",
                4);
      EXPECT_EQ(stage.ask(client, other + ".\r\n"), "250 2.0.0 queued\r\n") << at;
      ++sent;
    }
  }
  EXPECT_EQ(stage.upstream().messages().size(), sent);
}

// Long messages are the same only where all of them is: no part may be left out, come twice or come
// elsewhere, whatever sizes are convenient for whoever compares them.
TEST(OtherMessage, of_many_blocks_in_another_order_is_another_message) {
  constexpr std::size_t kBlock = 4096;
  std::vector<std::string> blocks;
  for (char letter = 'a'; letter < 'q'; ++letter) {
    std::string block;
    while (block.size() < kBlock) {
      block += std::string(62, letter) + "\r\n";
    }
    blocks.push_back(block);
  }
  const auto joined = [&blocks](std::size_t from, std::size_t count) {
    std::string text;
    for (std::size_t i = from; i < from + count; ++i) {
      text += blocks[i];
    }
    return text;
  };
  const std::string whole = joined(0, 16);
  Stage stage(answering_late(kFirst, kChunking));
  send_and_leave(stage, with_text(whole));
  stage.run_for(std::chrono::seconds(10));
  std::vector<std::string> variants;
  for (const std::size_t size : std::vector<std::size_t>{1, 2, 4, 8}) {
    variants.push_back(joined(size, size) + joined(0, size) + joined(2 * size, 16 - 2 * size));
    variants.push_back(joined(0, size) + joined(0, size) + joined(2 * size, 16 - 2 * size));
    variants.push_back(joined(0, 16 - size));
    variants.push_back(joined(size, 16 - size));
    variants.push_back(whole + joined(0, size));
    for (const std::size_t at : {size * kBlock, size * kBlock - 3, size * kBlock + 61}) {
      variants.push_back(whole);
      variants.back()[at] = '!';
    }
  }
  std::size_t sent = 1;
  for (const std::string& variant : variants) {
    if (variant != whole) {
      RawClient& client = up_to_data(stage, {});
      EXPECT_EQ(stage.ask(client, variant + ".\r\n"), "250 2.0.0 queued\r\n") << sent;
      EXPECT_TRUE(stage.ask(client, "QUIT\r\n").starts_with("221 "));
      ++sent;
    }
  }
  EXPECT_EQ(stage.upstream().messages().size(), sent);
  EXPECT_EQ(send(stage, with_text(whole)), kFirst);
}

TEST(OtherMessage, of_another_login_is_another_message) {
  Setting setting = answering_late(kFirst, kPipelining);
  setting.upstream.auth = auth::Choice::passthrough;
  Stage stage(std::move(setting));
  const auto as = [](const std::string& user) {
    return Message{.login = "AUTH PLAIN " + base64_encode("\0"s + user + "\0p"s) + "\r\n"};
  };
  send_and_leave(stage, as("erp"));
  stage.run_for(std::chrono::seconds(10));
  EXPECT_EQ(send(stage, as("other")), "250 2.0.0 queued\r\n");
  EXPECT_EQ(stage.upstream().messages().size(), 2U);
  EXPECT_EQ(send(stage, as("erp")), kFirst);
}

// --- What was not accepted is no acceptance ---

TEST(SameMessage, again_is_sent_where_the_first_was_refused_or_is_in_doubt) {
  for (const char* ehlo : {kPipelining, kChunking}) {
    for (const char* answer : {"550 5.7.1 no\r\n", "452 4.3.1 full\r\n", "421 4.3.2 bye\r\n",
                               "354 what\r\n", "25O ok\r\n"}) {
      for (const bool settled : {true, false}) {
        SCOPED_TRACE(answer);
        SCOPED_TRACE(settled);
        Stage stage(answering_late(answer, ehlo));
        send_and_leave(stage, {});
        stage.run_for(std::chrono::seconds(settled ? 10 : 0));
        EXPECT_EQ(send(stage, {}), "250 2.0.0 queued\r\n");
        EXPECT_EQ(stage.upstream().messages().size(), 2U);
        EXPECT_FALSE(stage.records().messages.back().duplicate);
      }
    }
  }
}

// A client that left before its final dot has sent nothing, so there is nothing to be the same.
TEST(SameMessage, again_is_sent_where_the_first_was_not_finished) {
  for (const char* ehlo : {kPipelining, kChunking}) {
    Stage stage(answering_late(kFirst, ehlo));
    RawClient& client = up_to_data(stage, {});
    client.send(Message().text + ".\r");
    stage.run_for(std::chrono::seconds(1));
    client.leave();
    stage.run_for(std::chrono::seconds(10));
    EXPECT_EQ(stage.upstream().messages(), Lines{});
    EXPECT_TRUE(send(stage, {}).starts_with("250 "));
    EXPECT_EQ(stage.upstream().messages().size(), 1U);
    EXPECT_FALSE(stage.records().messages.back().duplicate);
  }
}

TEST(SameMessage, again_is_sent_when_the_window_is_over) {
  Setting setting = answering_late(kFirst, kPipelining);
  setting.listener.duplicate_window = std::chrono::minutes(30);
  Stage stage(std::move(setting));
  send_and_leave(stage, {});
  stage.run_for(std::chrono::minutes(31));
  EXPECT_EQ(send(stage, {}), "250 2.0.0 queued\r\n");
  EXPECT_EQ(stage.upstream().messages().size(), 2U);
}

// Two clients that are both there mean what they send.
TEST(SameMessage, of_two_clients_who_both_hear_their_answers_is_sent_twice) {
  Stage stage(answering_late(kFirst, kPipelining));
  RawClient& one = up_to_data(stage, {});
  RawClient& other = up_to_data(stage, {});
  one.send(Message().text + ".\r\n");
  EXPECT_EQ(stage.ask(other, Message().text + ".\r\n"), "250 2.0.0 queued\r\n");
  EXPECT_EQ(stage.hear(one), kFirst);
  EXPECT_EQ(stage.upstream().messages().size(), 2U);
}

}  // namespace
}  // namespace truerelay::attacks
