#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/attacks/bytes.h"
#include "tests/attacks/chunks.h"
#include "tests/attacks/stage.h"

// Answers to the chunks of a message (RFC 3030) that no server may give. Chunks have answers of
// their own, several of which may be due at once: none may be taken for the answer to the message.

namespace truerelay::attacks {
namespace {

using observe::Outcome;
using Lines = std::vector<std::string>;
using Then = Answer::Then;

TEST(Section3_Chunks, reach_an_honest_upstream_as_they_were_before_the_dots_were_stuffed) {
  Stage stage(chunking({}));
  RawClient& client = stage.greeted();
  EXPECT_EQ(send_in_two_parts(stage, client), "250 2.0.0 queued\r\n");
  EXPECT_EQ(stage.upstream().messages(), Lines{TwoParts().content()});
  EXPECT_GE(stage.upstream().commands("BDAT").size(), 3U);
  EXPECT_EQ(stage.upstream().commands("DATA"), Lines{});
}

// --- Smuggling: what a chunk holds is never a command, and a line that ends a message is text ---

TEST(Section3_Chunks, hold_what_looks_like_an_end_and_commands_behind_it) {
  const std::string smuggled =
      "text\r\n..\r\nMAIL FROM:<ceo@victim.example>\r\nBDAT 0 LAST\r\nRCPT "
      "TO:<x@victim.example>\r\n";
  Stage stage(chunking({}));
  RawClient& client = stage.greeted();
  begin_message(stage, client);
  EXPECT_EQ(stage.ask(client, smuggled + ".\r\n"), "250 2.0.0 queued\r\n");
  ASSERT_EQ(stage.upstream().messages().size(), 1U);
  EXPECT_EQ(stage.upstream().messages().front(),
            "text\r\n.\r\nMAIL FROM:<ceo@victim.example>\r\nBDAT 0 LAST\r\n"
            "RCPT TO:<x@victim.example>\r\n");
  EXPECT_EQ(stage.upstream().commands("MAIL").size(), 1U);
  EXPECT_EQ(stage.upstream().commands("RCPT").size(), 1U);
}

// --- Answers to the first chunk, while the client is still sending ---

struct Hostile {
  std::string_view name;
  Answer answer;
  std::string_view heard;
};
void PrintTo(const Hostile& hostile, std::ostream* out) { *out << hostile.name; }

const std::vector<Hostile>& to_a_chunk() {
  static const std::vector<Hostile> all = {
      {"a_250_too_many", {"250 ok\r\n250 2.0.0 INJECTED\r\n"}, "451-4.5.0 "},
      {"a_250_unasked", {.bytes = "250 ok\r\n", .later = "250 INJECTED\r\n"}, "451-4.5.0 "},
      {"a_550_unasked", {.bytes = "250 ok\r\n", .later = "550 5.0.0 no\r\n"}, "550 5.0.0 no"},
      {"half_a_reply_unasked",
       {.bytes = "250 ok\r\n250-INJECTED\r\n", .then = Then::closes},
       "451-4.4.2 "},
      {"354", {"354 said\r\n"}, "451-4.5.0 "},
      {"334", {"334 said\r\n"}, "451-4.5.0 "},
      {"letter_O_in_the_code", {"25O said\r\n"}, "451-4.5.0 "},
      {"code_999", {"999 said\r\n"}, "451-4.5.0 "},
      {"bare_LF", {"250 INJECTED\n"}, "451-4.5.0 "},
      {"two_codes", {"250-INJECTED\r\n550 no\r\n"}, "451-4.5.0 "},
      {"8_MB_without_CRLF", {.bytes = "2", .more = 8U << 20}, "451-4.5.0 "},
      {"the_end", {.then = Then::closes}, "451-4.4.2 "},
      {"half_a_reply_and_the_end", {.bytes = "250-", .then = Then::closes}, "451-4.4.2 "},
      {"421", {.bytes = "421 4.3.2 no\r\n", .then = Then::closes}, "4"},
      {"421_for_ever", {"421 4.3.2 no\r\n"}, "421 4.3.2 no"},
      {"a_refusal", {"554-5.6.0 no\r\n554 5.6.0 thanks\r\n"}, "554-5.6.0 no\r\n554 5.6.0 thanks"},
      {"a_refusal_for_now", {"452 4.3.1 full\r\n"}, "452 4.3.1 full"},
  };
  return all;
}

class Section3_HostileChunkReply : public testing::TestWithParam<Hostile> {
 protected:
  static void run(const std::string& place) {
    SCOPED_TRACE(place);
    Setting setting = chunking(place, GetParam().answer);
    setting.scripts.front().answers["LAST"] = {{"503 5.5.1 no transaction\r\n"}};
    setting.relentless = true;
    Stage stage(std::move(setting));
    RawClient& client = stage.greeted();
    const std::string heard = send_in_two_parts(stage, client);
    EXPECT_TRUE(heard.starts_with(GetParam().heard)) << visible(heard);
    EXPECT_EQ(read_replies(heard).whole.size(), 1U);
    EXPECT_LE(stage.upstream().connections().size(), 3U);
    ASSERT_EQ(stage.records().messages.size(), 1U);
    const Outcome outcome = stage.records().messages.front().outcome;
    if (ground_is_simulated()) {
      EXPECT_EQ(stage.upstream().messages(), Lines{});
      EXPECT_TRUE(outcome == Outcome::failed || outcome == Outcome::refused);
    } else {  // Sockets hold all of it, so that its end may have been handed over.
      EXPECT_TRUE(outcome == Outcome::failed || outcome == Outcome::refused ||
                  outcome == Outcome::in_doubt);
      EXPECT_EQ(outcome == Outcome::in_doubt, heard.starts_with("451-4.4.2 Outcome unknown"));
    }
    if (heard.starts_with("421")) {
      EXPECT_EQ(stage.hear_to_end(client), "");
      expect_that_the_next_one_succeeds(stage, stage.greeted());
    } else {
      expect_that_the_next_one_succeeds(stage, client);
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Of, Section3_HostileChunkReply, testing::ValuesIn(to_a_chunk()),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST_P(Section3_HostileChunkReply, to_a_chunk_accepts_nothing) { run("BDAT"); }

// An answer before the chunk has come is its answer; then the true one is too many.
TEST(Section3_EarlyChunkReply, of_250_to_its_BDAT_line_accepts_nothing) {
  Setting setting = chunking("CHUNK", {"250 INJECTED\r\n"});
  setting.relentless = true;
  Stage stage(std::move(setting));
  RawClient& client = stage.greeted();
  const std::string heard = send_in_two_parts(stage, client);
  EXPECT_TRUE(heard.starts_with("451-4.5.0 ")) << visible(heard);
  EXPECT_EQ(stage.upstream().messages(), Lines{});
  expect_that_the_next_one_succeeds(stage, client);
}

// --- Before the first chunk: the client has its 354 already, which was truerelay's own ---

TEST(Section3_UnaskedReplyBeforeTheFirstChunk, is_never_the_answer_to_it) {
  for (const char* injected :
       {"250 INJECTED\r\n", "250 INJECTED\r\n250 INJECTED\r\n250 INJECTED\r\n", "550 INJECTED\r\n",
        "354 INJECTED\r\n", "2", "250-INJECTED\r\n"}) {
    for (const bool at_once : {true, false}) {
      SCOPED_TRACE(visible(injected));
      SCOPED_TRACE(at_once);
      const std::string ok = "250 2.1.5 ok\r\n";
      Stage stage(chunking(
          "RCPT", {.bytes = at_once ? ok + injected : ok, .later = at_once ? "" : injected}));
      RawClient& client = stage.greeted();
      // What came so is left alone: another connection takes the message.
      begin_message(stage, client);
      stage.run_for(std::chrono::seconds(1));
      EXPECT_EQ(stage.ask(client, TwoParts().content() + ".\r\n"), "250 2.0.0 queued\r\n");
      EXPECT_FALSE(client.heard().contains("INJECTED")) << visible(client.heard());
      ASSERT_EQ(stage.upstream().connections().size(), 2U);
      EXPECT_EQ(stage.upstream().connections().front().messages, Lines{});
      EXPECT_EQ(stage.upstream().connections().front().received.find("BDAT"), std::string::npos);
      EXPECT_EQ(stage.upstream().messages().size(), 1U);
    }
  }
}

// --- The client leaves ---

TEST(Section3_Chunks, of_a_client_that_leaves_before_its_final_dot_get_no_last_one) {
  for (const bool half_a_dot : {false, true}) {
    Stage stage(chunking({}));
    RawClient& client = stage.greeted();
    begin_message(stage, client);
    client.send(TwoParts().first + (half_a_dot ? ".\r" : ""));
    stage.run_for(std::chrono::seconds(1));
    EXPECT_GE(stage.upstream().commands("BDAT").size(), 2U);
    client.leave();
    stage.run_for(std::chrono::seconds(10));
    EXPECT_EQ(stage.upstream().messages(), Lines{});
    EXPECT_FALSE(stage.upstream().received().contains("LAST"));
    EXPECT_TRUE(stage.upstream().connections().front().ended);
    ASSERT_EQ(stage.records().messages.size(), 1U);
    EXPECT_EQ(stage.records().messages.front().outcome, Outcome::abandoned);
    // Nothing of it gets into somebody else's message.
    RawClient& other = stage.greeted();
    EXPECT_EQ(send_in_two_parts(stage, other), "250 2.0.0 queued\r\n");
    EXPECT_EQ(stage.upstream().messages(), Lines{TwoParts().content()});
  }
}

TEST(Section3_Chunks, of_a_message_that_is_refused_here_get_no_last_one) {
  Setting setting = chunking({});
  setting.listener.line_ends = smtp::LineEnds::reject;
  Stage stage(std::move(setting));
  RawClient& client = stage.greeted();
  begin_message(stage, client);
  client.send(TwoParts().first);
  stage.run_for(std::chrono::seconds(1));
  EXPECT_TRUE(stage.ask(client, "a bare\nline end\r\n.\r\n").starts_with("554 5.6.0 "));
  EXPECT_FALSE(stage.upstream().received().contains("LAST"));
  EXPECT_EQ(send_in_two_parts(stage, client), "250 2.0.0 queued\r\n");
  EXPECT_EQ(stage.upstream().messages(), Lines{TwoParts().content()});
}

}  // namespace
}  // namespace truerelay::attacks
