#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/attacks/bytes.h"
#include "tests/attacks/chunks.h"
#include "tests/attacks/stage.h"

// A chunk is refused while the last one is on its way already, and BDAT as such is refused. Each
// refusal stands where nothing can have been accepted, and no message is sent twice for one.

namespace truerelay::attacks {
namespace {

using observe::Outcome;
using Lines = std::vector<std::string>;
using Then = Answer::Then;

constexpr const char* kInDoubt = "451-4.4.2 Outcome unknown";

// The upstream answers the first chunk after `moment`; until then everything has been sent.
Setting refusing_late(const std::string& refusal, const Answer& last, io::Duration moment) {
  return chunking(
      {.answers = {{"BDAT", {{.later = refusal, .moment = moment}}}, {"LAST", {last}}}});
}

TEST(Section3_RefusedChunk, and_the_last_one_refused_too_is_the_refusal) {
  for (const char* last : {"503 5.5.1 no transaction\r\n", "554 5.6.0 no\r\n"}) {
    Stage stage(refusing_late("552 5.2.2 full\r\n", {last}, std::chrono::seconds(3)));
    RawClient& client = stage.greeted();
    EXPECT_EQ(send_in_two_parts(stage, client, TwoParts(TwoParts::kOne)), "552 5.2.2 full\r\n");
    EXPECT_EQ(stage.records().messages.front().outcome, Outcome::refused);
    EXPECT_EQ(stage.upstream().messages().size(), 1U);
  }
}

// No server may do that (RFC 3030 section 2); one that does has the message, or has it not. In none
// of these cases may it be sent again, although each refusal is one after which that is usual.
TEST(Section3_RefusedChunk, and_the_last_one_accepted_leaves_the_message_in_doubt) {
  for (const char* refusal :
       {"552 5.2.2 full\r\n", "500 5.5.2 what is BDAT?\r\n", "503 5.5.1 no\r\n",
        "552 5.3.4 Header size exceeded\r\n", "432 4.3.2 sender thread limit exceeded\r\n",
        "452 4.3.1 full\r\n", "421 4.3.2 closing\r\n", "354 go on\r\n", "334 \r\n"}) {
    SCOPED_TRACE(refusal);
    Stage stage(refusing_late(refusal, {"250 2.0.0 queued\r\n"}, std::chrono::seconds(3)));
    RawClient& client = stage.greeted();
    const std::string heard = send_in_two_parts(stage, client, TwoParts(TwoParts::kOne));
    EXPECT_TRUE(heard.starts_with(kInDoubt)) << visible(heard);
    EXPECT_EQ(stage.upstream().messages().size(), 1U);
    EXPECT_EQ(stage.upstream().connections().size(), 1U);
    EXPECT_EQ(stage.records().messages.front().outcome, Outcome::in_doubt);
  }
}

// The last chunk is longer than the way to the upstream holds, so that it is written to its end
// only when the upstream reads on after its refusal, which may arrive before that, after it, or
// just then.
TEST(Section3_RefusedChunk,
     and_the_last_one_accepted_is_never_told_as_refused_whatever_the_moment) {
  std::size_t complete = 0;
  std::size_t incomplete = 0;
  for (const char* refusal :
       {"552 5.2.2 full\r\n", "503 5.5.1 no\r\n", "421 4.3.2 closing\r\n", "354 go on\r\n"}) {
    for (io::Duration rest{1}; rest < io::Duration{250}; rest += io::Duration{5}) {
      SCOPED_TRACE(refusal);
      SCOPED_TRACE(rest.count());
      TwoParts message(TwoParts::kOne);
      message.rest.insert(2, std::string(100'000, 'x'));
      const Answer refused{.later = refusal, .moment = std::chrono::seconds(3), .rest = rest};
      Stage stage(
          chunking({.answers = {{"BDAT", {refused}}, {"LAST", {{"250 2.0.0 queued\r\n"}}}}}));
      RawClient& client = stage.greeted();
      const std::string heard = send_in_two_parts(stage, client, message);
      if (stage.upstream().connections().front().messages.empty()) {
        // Nothing can have been accepted there.
        ++incomplete;
        EXPECT_FALSE(heard.starts_with(kInDoubt)) << visible(heard);
        continue;
      }
      ++complete;
      EXPECT_TRUE(heard.starts_with(kInDoubt)) << visible(heard);
      EXPECT_EQ(stage.upstream().connections().size(), 1U) << "it was sent again";
    }
  }
  EXPECT_GT(complete, 0U);
  if (ground_is_simulated()) {  // Sockets hold all of it.
    EXPECT_GT(incomplete, 0U);
  }
}

TEST(Section3_RefusedChunk, while_the_last_one_cannot_be_written_is_the_refusal) {
  Stage stage(chunking(
      {.answers = {{"BDAT", {{.bytes = "554 5.6.0 no\r\n", .then = Then::stops_reading}}}}}));
  RawClient& client = stage.greeted();
  begin_message(stage, client);
  const std::string more(200'000, 'x');
  EXPECT_EQ(stage.ask(client, more + "\r\n.\r\n"), "554 5.6.0 no\r\n");
  EXPECT_EQ(stage.upstream().messages(), Lines{});
  EXPECT_EQ(stage.records().messages.front().outcome, Outcome::refused);
}

// --- BDAT itself refused: the message goes with DATA, once, and dots are stuffed then ---

TEST(Section3_RefusedBdat, makes_the_message_go_with_DATA_and_once) {
  for (const char* refusal : {"500 5.5.2 what?\r\n", "502 5.5.1 no BDAT\r\n", "503 5.5.1 no\r\n",
                              "552 5.3.4 Header size exceeds limit\r\n"}) {
    for (const char* place : {"BDAT", "LAST"}) {
      SCOPED_TRACE(refusal);
      SCOPED_TRACE(place);
      Setting setting = chunking(place, {refusal});
      setting.relentless = true;
      Stage stage(std::move(setting));
      RawClient& client = stage.greeted();
      EXPECT_EQ(send_in_two_parts(stage, client), "250 2.0.0 queued\r\n");
      ASSERT_EQ(stage.upstream().connections().size(), 2U);
      EXPECT_EQ(stage.upstream().connections().back().messages, Lines{TwoParts().stuffed()});
      // And so does the next one.
      EXPECT_EQ(send_in_two_parts(stage, client), "250 2.0.0 queued\r\n");
      EXPECT_EQ(stage.upstream().commands("DATA").size(), 2U);
    }
  }
}

TEST(Section3_RefusedBdat, and_DATA_refused_too_is_the_refusal) {
  Setting setting = chunking(
      {.answers = {{"BDAT", {{"500 5.5.2 what?\r\n"}}}, {"DATA", {{"554 5.5.1 nor that\r\n"}}}}});
  setting.relentless = true;
  Stage stage(std::move(setting));
  RawClient& client = stage.greeted();
  EXPECT_EQ(send_in_two_parts(stage, client), "554 5.5.1 nor that\r\n");
  EXPECT_EQ(stage.upstream().messages(), Lines{});
  EXPECT_EQ(stage.upstream().connections().size(), 2U);
}

}  // namespace
}  // namespace truerelay::attacks
