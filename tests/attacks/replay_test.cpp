#include <fmt/core.h>
#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/attacks/bytes.h"
#include "tests/attacks/stage.h"

// A transaction that is repeated on a second connection, because the first was lost. Where that one
// answers otherwise than the client was told, nothing is sent; where it takes all, once.

namespace truerelay::attacks {
namespace {

using observe::Outcome;
using Lines = std::vector<std::string>;
using Then = Answer::Then;

constexpr const char* kMail = "MAIL FROM:<a@x.example>\r\n";
constexpr const char* kTo = "RCPT TO:<b@y.example>\r\n";
constexpr const char* kAlsoTo = "RCPT TO:<c@y.example>\r\n";
constexpr const char* kText = "Subject: x\r\n\r\ntext\r\n";
constexpr const char* kData = "250-upstream.example\r\n250-SIZE 1000000\r\n250 PIPELINING\r\n";
constexpr const char* kOneByOne = "250 upstream.example\r\n";
constexpr const char* kChunking =
    "250-upstream.example\r\n250-SIZE 1000000\r\n250-PIPELINING\r\n250 CHUNKING\r\n";
const Answer kTaken{"250 2.1.5 ok\r\n"};
const Answer kEnd{.then = Then::closes};

// Where the first connection is lost.
struct Loss {
  std::string_view name;
  const char* ehlo;
  Script script;
};
void PrintTo(const Loss& loss, std::ostream* out) { *out << loss.name; }

const std::vector<Loss>& losses() {
  const Answer gone{.bytes = "421 4.3.2 INJECTED\r\n", .then = Then::closes};
  const Answer goes{.bytes = "250 2.1.5 ok\r\n", .then = Then::closes, .later = "421 INJECTED\r\n"};
  static const std::vector<Loss> all = {
      {"at_DATA", kData, {.answers = {{"DATA", {kEnd}}}}},
      {"at_DATA_one_by_one", kOneByOne, {.answers = {{"DATA", {kEnd}}}}},
      {"at_DATA_with_421", kData, {.answers = {{"DATA", {gone}}}}},
      {"behind_the_recipients", kData, {.answers = {{"RCPT", {kTaken, goes}}}}},
      {"in_the_message", kData, {.answers = {{"BODY", {kEnd}}}}},
      {"in_the_message_with_421", kData, {.answers = {{"BODY", {gone}}}}},
      {"before_the_first_chunk", kChunking, {.answers = {{"RCPT", {kTaken, goes}}}}},
      {"in_a_chunk", kChunking, {.answers = {{"CHUNK", {kEnd}}}}},
      {"behind_a_chunk", kChunking, {.answers = {{"BDAT", {kEnd}}}}},
      {"behind_a_chunk_with_421", kChunking, {.answers = {{"BDAT", {gone}}}}},
  };
  return all;
}

// What the second connection says otherwise.
struct Change {
  std::string_view name;
  std::map<std::string, std::vector<Answer>> answers;
};

const std::vector<Change>& changes() {
  static const std::vector<Change> all = {
      {"the sender refused", {{"MAIL", {{"550 5.7.1 INJECTED\r\n"}}}}},
      {"the sender refused for now", {{"MAIL", {{"450 4.7.1 INJECTED\r\n"}}}}},
      {"the first recipient refused", {{"RCPT", {{"550 5.1.1 INJECTED\r\n"}}}}},
      {"the first recipient refused for now", {{"RCPT", {{"450 4.2.1 INJECTED\r\n"}}}}},
      {"the second recipient refused", {{"RCPT", {kTaken, {"550 5.1.1 INJECTED\r\n"}}}}},
      {"the second recipient refused for now", {{"RCPT", {kTaken, {"451 4.2.1 INJECTED\r\n"}}}}},
      {"all refused",
       {{"MAIL", {{"550 no\r\n"}}}, {"RCPT", {{"503 INJECTED\r\n"}, {"503 INJECTED\r\n"}}}}},
      {"354 to a recipient", {{"RCPT", {{"354 INJECTED\r\n"}}}}},
      {"nonsense", {{"RCPT", {{"25O INJECTED\r\n"}}}}},
      {"one answer for two recipients", {{"RCPT", {{"250-INJECTED\r\n550 INJECTED\r\n"}}}}},
  };
  return all;
}

class Replay : public testing::TestWithParam<Loss> {
 protected:
  static Setting setting(std::map<std::string, std::vector<Answer>> second) {
    Setting setting;
    setting.scripts = {GetParam().script, {.answers = std::move(second), .ehlo = GetParam().ehlo}};
    setting.scripts.front().ehlo = GetParam().ehlo;
    setting.relentless = true;
    return setting;
  }
  // Two recipients that the first connection has taken, and as much of the message as it is asked
  // for: the answer to DATA, or to the message.
  static std::string send(Stage& stage, RawClient& client) {
    EXPECT_EQ(read_replies(stage.ask(client, std::string(kMail) + kTo + kAlsoTo, 3)).codes(),
              (std::vector<int>{250, 250, 250}));
    stage.run_for(std::chrono::milliseconds(500));
    std::string heard = stage.ask(client, "DATA\r\n");
    if (heard.starts_with("354 ")) {
      client.send(kText + std::string(20'000, 'x') + "\r\n");
      stage.run_for(std::chrono::seconds(1));
      heard = stage.ask(client, ".\r\n");
    }
    return heard;
  }
};

INSTANTIATE_TEST_SUITE_P(Of, Replay, testing::ValuesIn(losses()),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST_P(Replay, of_what_is_not_taken_again_sends_nothing_and_says_so) {
  for (const Change& change : changes()) {
    SCOPED_TRACE(change.name);
    Stage stage(setting(change.answers));
    RawClient& client = stage.greeted();
    const std::string heard = send(stage, client);
    // For now: the client has been told of an acceptance, and may try it all again.
    EXPECT_TRUE(heard.starts_with("451-4.")) << visible(heard);
    EXPECT_EQ(read_replies(heard).whole.size(), 1U);
    EXPECT_EQ(stage.upstream().messages(), Lines{});
    EXPECT_LE(stage.upstream().connections().size(), 3U);
    bool first = true;
    for (const ScriptedUpstream::Connection& connection : stage.upstream().connections()) {
      for (const std::string& line : connection.commands) {
        EXPECT_FALSE(!first && (line.starts_with("DATA") || line.starts_with("BDAT"))) << line;
      }
      first = false;
    }
    ASSERT_EQ(stage.records().messages.size(), 1U);
    EXPECT_EQ(stage.records().messages.front().outcome, Outcome::failed);
    // What the second connection said is quoted at most, never an answer by itself.
    EXPECT_FALSE(client.heard().contains("\n250 INJECTED")) << visible(client.heard());
  }
}

TEST_P(Replay, of_what_is_taken_again_sends_the_message_once_and_to_all) {
  Stage stage(setting({}));
  RawClient& client = stage.greeted();
  EXPECT_EQ(send(stage, client), "250 2.0.0 queued\r\n");
  EXPECT_FALSE(client.heard().contains("INJECTED")) << visible(client.heard());
  ASSERT_EQ(stage.upstream().messages().size(), 1U);
  ASSERT_EQ(stage.upstream().connections().size(), 2U);
  const ScriptedUpstream::Connection& second = stage.upstream().connections().back();
  ASSERT_EQ(second.messages.size(), 1U);
  EXPECT_TRUE(second.messages.front().starts_with(kText));
  const Lines envelope(second.commands.begin() + 1, second.commands.begin() + 4);
  EXPECT_EQ(envelope, (Lines{kMail, kTo, kAlsoTo}));
}

// --- Recipients that the client was told are refused stay so ---

TEST(ReplayedEnvelope, leaves_out_what_the_client_was_told_is_refused) {
  Setting setting;
  setting.scripts = {
      {.answers = {{"RCPT", {{"550 5.1.1 no such user\r\n"}, kTaken}}, {"DATA", {kEnd}}}}};
  Stage stage(std::move(setting));
  RawClient& client = stage.greeted();
  const std::string heard = stage.ask(client, std::string(kMail) + kTo + kAlsoTo + "DATA\r\n", 4);
  EXPECT_EQ(read_replies(heard).codes(), (std::vector<int>{250, 550, 250, 354}));
  EXPECT_EQ(stage.ask(client, "text\r\n.\r\n"), "250 2.0.0 queued\r\n");
  const ScriptedUpstream::Connection& second = stage.upstream().connections().back();
  const Lines envelope(second.commands.begin() + 1, second.commands.end());
  EXPECT_EQ(envelope, (Lines{kMail, kAlsoTo, "DATA\r\n"}));
}

// The loss shows at the client's second recipient: the first is repeated with it, and what the
// client hears is the answer to the second.
TEST(ReplayedEnvelope, answers_a_new_recipient_with_its_own_answer) {
  for (const char* own : {"250 2.1.5 own\r\n", "550 5.1.1 own\r\n", "450 4.2.1 own\r\n"}) {
    SCOPED_TRACE(own);
    Setting setting;
    setting.scripts = {{.answers = {{"RCPT", {kTaken, kEnd}}}},
                       {.answers = {{"RCPT", {{"250 2.1.5 REPEATED\r\n"}, {own}}}}}};
    Stage stage(std::move(setting));
    RawClient& client = stage.greeted();
    stage.ask(client, std::string(kMail) + kTo, 2);
    EXPECT_EQ(stage.ask(client, kAlsoTo), own);
    EXPECT_TRUE(stage.ask(client, "DATA\r\n").starts_with("354 "));
    EXPECT_EQ(stage.ask(client, "text\r\n.\r\n"), "250 2.0.0 queued\r\n");
    EXPECT_FALSE(client.heard().contains("REPEATED"));
    EXPECT_EQ(stage.upstream().messages().size(), 1U);
  }
}

// --- The second connection offers less ---

TEST(ReplayedEnvelope, is_not_sent_to_an_upstream_that_takes_its_addresses_no_more) {
  constexpr const char* kBeyondAscii =
      "RCPT TO:<b\xC3\xBC"
      "cher@y.example>\r\n";
  for (const char* ehlo : {kData, kOneByOne}) {
    SCOPED_TRACE(ehlo);
    Setting setting;
    setting.scripts = {
        {.answers = {{"DATA", {kEnd}}},
         .ehlo = "250-upstream.example\r\n250-SMTPUTF8\r\n250-8BITMIME\r\n250 PIPELINING\r\n"},
        {.ehlo = ehlo}};
    setting.relentless = true;
    Stage stage(std::move(setting));
    RawClient& client = stage.greeted();
    const std::string heard = stage.ask(
        client, std::string("MAIL FROM:<a@x.example> SMTPUTF8\r\n") + kBeyondAscii + "DATA\r\n", 3);
    EXPECT_EQ(read_replies(heard).codes().at(1), 250) << visible(heard);
    const std::string data = read_replies(heard).whole.back();
    EXPECT_TRUE(data.starts_with("4") || data.starts_with("5")) << visible(data);
    EXPECT_EQ(stage.upstream().messages(), Lines{});
    // RFC 6531 section 3.1: without the offer no such address may go there.
    for (const ScriptedUpstream::Connection& connection : stage.upstream().connections()) {
      if (&connection != &stage.upstream().connections().front()) {
        EXPECT_FALSE(connection.received.contains("\xC3\xBC")) << visible(connection.received);
      }
    }
  }
}

// --- The message itself ---

// More than is kept for this: the loss in the middle is a loss.
TEST(ReplayedMessage, beyond_what_is_kept_is_not_sent_from_its_middle) {
  for (const char* ehlo : {kData, kChunking}) {
    SCOPED_TRACE(ehlo);
    Setting setting;
    setting.upstream.replay_buffer = 1000;
    setting.scripts = {{.answers = {{"BODY", {kEnd}}, {"BDAT", {kEnd}}}, .ehlo = ehlo}};
    Stage stage(std::move(setting));
    RawClient& client = stage.greeted();
    stage.ask(client, std::string(kMail) + kTo + "DATA\r\n", 3);
    client.send(kText + std::string(20'000, 'x') + "\r\n");
    stage.run_for(std::chrono::seconds(1));
    const std::string heard = stage.ask(client, "the rest\r\n.\r\n");
    EXPECT_TRUE(heard.starts_with("451-4.4.2 ")) << visible(heard);
    EXPECT_EQ(stage.upstream().messages(), Lines{});
    EXPECT_EQ(stage.upstream().commands("DATA").size() + stage.upstream().commands("BDAT").size(),
              1U);
  }
}

// From memory or from a scratch file, and however the client cuts it: every byte, once.
TEST(ReplayedMessage, is_the_same_message_to_the_byte) {
  for (const char* ehlo : {kData, kChunking}) {
    for (const bool on_disk : {false, true}) {
      SCOPED_TRACE(ehlo);
      SCOPED_TRACE(on_disk);
      Setting setting;
      setting.upstream.replay_buffer = on_disk ? 1000 : 1 << 20;
      setting.upstream.replay_file = on_disk;
      setting.scripts = {{.answers = {{"BODY", {kEnd}}, {"BDAT", {kTaken, kEnd}}}, .ehlo = ehlo}};
      Stage stage(std::move(setting));
      RawClient& client = stage.greeted();
      stage.ask(client, std::string(kMail) + kTo + "DATA\r\n", 3);
      std::string wire;
      std::string content;
      for (int line = 0; line < 9000; ++line) {
        const std::string text = fmt::format("{} line {}\r\n", line % 3 == 0 ? "." : "x", line);
        content += text;
        wire += (line % 3 == 0 ? "." : "") + text;
      }
      for (std::size_t at = 0; at < wire.size(); at += 17'001) {
        client.send(wire.substr(at, 17'001), std::chrono::milliseconds(20));
      }
      EXPECT_EQ(stage.ask(client, ".\r\n"), "250 2.0.0 queued\r\n");
      ASSERT_EQ(stage.upstream().messages().size(), 1U);
      EXPECT_TRUE(stage.upstream().messages().front() ==
                  (ehlo == kData ? wire + ".\r\n" : content));
    }
  }
}

}  // namespace
}  // namespace truerelay::attacks
