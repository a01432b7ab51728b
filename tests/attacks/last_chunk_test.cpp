#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/attacks/bytes.h"
#include "tests/attacks/chunks.h"
#include "tests/attacks/stage.h"

// The answer to the last chunk is the answer to the message: what the upstream said stays said, and
// what it did not say, or said too early, is in doubt.

namespace truerelay::attacks {
namespace {

using observe::Outcome;
using Lines = std::vector<std::string>;
using Then = Answer::Then;

constexpr const char* kInDoubt = "451-4.4.2 Outcome unknown";

using Send = std::string (*)(Stage&, RawClient&);
constexpr Send kBoth[] = {send_in_one, send_in_two_parts};

// --- The last chunk ---

TEST(Section3_LastChunk, accepted_before_the_upstream_has_all_of_it_leaves_the_message_in_doubt) {
  if (!ground_is_simulated()) {
    GTEST_SKIP() << "what the network does at a byte is simulated";
  }
  for (const Then then : {Then::stops_reading, Then::closes}) {
    SCOPED_TRACE(then == Then::closes);
    Setting setting = chunking(
        "CHUNK", {.bytes = "250 2.0.0 queued\r\n", .then = then, .rest = std::chrono::seconds(1)});
    // The way there holds little, so that the end is still with the relay.
    setting.attempt.conditions.to_server.window = 1000;
    Stage stage(std::move(setting));
    RawClient& client = stage.greeted();
    begin_message(stage, client);
    const std::string heard = stage.ask(client, std::string(10'000, 'x') + "\r\n.\r\n");
    EXPECT_TRUE(heard.starts_with("451")) << visible(heard);
    EXPECT_EQ(stage.upstream().commands("BDAT"), Lines{"BDAT 10002 LAST\r\n"});
    EXPECT_EQ(stage.upstream().messages(), Lines{});
    EXPECT_EQ(stage.upstream().connections().size(), 1U) << "it was sent again";
    ASSERT_EQ(stage.records().messages.size(), 1U);
    EXPECT_EQ(stage.records().messages.front().outcome, Outcome::in_doubt);
  }
}

struct Doubtful {
  std::string_view name;
  Answer answer;
};
void PrintTo(const Doubtful& doubtful, std::ostream* out) { *out << doubtful.name; }

const std::vector<Doubtful>& to_the_last() {
  static const std::vector<Doubtful> all = {
      {"the_end", {.then = Then::closes}},
      {"silence", {}},
      {"half_a_reply", {.bytes = "250-ok\r\n", .then = Then::closes}},
      {"reply_without_its_line_end", {.bytes = "250 ok", .then = Then::closes}},
      {"bare_LF", {"250 ok\n"}},
      {"two_codes", {"250-ok\r\n550 no\r\n"}},
      {"354", {"354 more\r\n"}},
      {"letter_O_in_the_code", {"25O ok\r\n"}},
  };
  return all;
}
class Section3_LastChunkInDoubt : public testing::TestWithParam<Doubtful> {};
INSTANTIATE_TEST_SUITE_P(For, Section3_LastChunkInDoubt, testing::ValuesIn(to_the_last()),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST_P(Section3_LastChunkInDoubt, is_told_as_such_and_the_message_is_not_sent_again) {
  for (const Send send : kBoth) {
    Stage stage(chunking("LAST", GetParam().answer));
    RawClient& client = stage.greeted();
    const std::string heard = send(stage, client);
    EXPECT_TRUE(heard.starts_with(kInDoubt)) << visible(heard);
    EXPECT_EQ(stage.upstream().messages(), Lines{TwoParts().content()});
    ASSERT_EQ(stage.records().messages.size(), 1U);
    EXPECT_EQ(stage.records().messages.front().outcome, Outcome::in_doubt);
    expect_that_the_next_one_succeeds(stage, client);
  }
}

TEST(Section3_LastChunk, that_is_refused_is_refused_and_not_sent_again) {
  for (const char* refusal : {"550-5.7.1 no\r\n550 5.7.1 thanks\r\n", "452 4.3.1 full\r\n"}) {
    for (const Send send : kBoth) {
      Stage stage(chunking("LAST", {refusal}));
      RawClient& client = stage.greeted();
      EXPECT_EQ(send(stage, client), refusal);
      EXPECT_EQ(stage.upstream().messages().size(), 1U);
      EXPECT_EQ(stage.records().messages.front().outcome, Outcome::refused);
      EXPECT_EQ(send(stage, client), "250 2.0.0 queued\r\n");
      // RFC 3030 section 2: what the upstream has of the first one is no part of the next.
      EXPECT_EQ(stage.upstream().connections().size(), 1U);
      const Lines commands = stage.upstream().connections().front().commands;
      const auto reset = std::ranges::find(commands, "RSET\r\n");
      ASSERT_NE(reset, commands.end());
      EXPECT_TRUE((reset - 1)->ends_with("LAST\r\n"));
      EXPECT_TRUE((reset + 1)->starts_with("MAIL"));
    }
  }
}

TEST(Section3_LastChunk, with_a_second_answer_does_not_answer_the_next_message) {
  for (const bool later : {false, true}) {
    SCOPED_TRACE(later);
    const std::string injected = "250 INJECTED\r\n250 INJECTED\r\n250 INJECTED\r\n";
    Stage stage(chunking("LAST", {.bytes = "550 5.7.1 no\r\n" + (later ? "" : injected),
                                  .later = later ? injected : ""}));
    RawClient& client = stage.greeted();
    EXPECT_EQ(send_in_two_parts(stage, client), "550 5.7.1 no\r\n");
    stage.run_for(std::chrono::seconds(1));
    EXPECT_EQ(send_in_two_parts(stage, client), "250 2.0.0 queued\r\n");
    EXPECT_EQ(stage.upstream().connections().size(), 2U);
    EXPECT_FALSE(client.heard().contains("INJECTED")) << visible(client.heard());
  }
}

}  // namespace
}  // namespace truerelay::attacks
