#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/attacks/bytes.h"
#include "tests/attacks/stage.h"

// BDAT (RFC 3030), which no client is offered. A refused chunk comes all the same: if it were read
// as commands, whoever wrote the message would give orders (CVE-2023-51766 names CHUNKING).

namespace truerelay::attacks {
namespace {

using Lines = std::vector<std::string>;

struct Chunk {
  std::string_view name;
  std::string_view command;
  int code;
};
void PrintTo(const Chunk& chunk, std::ostream* out) { *out << chunk.name; }

constexpr Chunk kChunks[] = {
    {"last", "BDAT 60 LAST\r\n", 502},
    {"not_last", "BDAT 60\r\n", 502},
    {"of_nothing", "BDAT 0 LAST\r\n", 502},
    {"in_lower_case", "bdat 60 last\r\n", 502},
    {"with_leading_zeros", "BDAT 00000000010\r\n", 502},
    {"of_minus_one", "BDAT -1\r\n", 501},
    {"of_plus_five", "BDAT +5\r\n", 501},
    {"beyond_64_bits", "BDAT 18446744073709551616\r\n", 501},
    {"with_something_behind_LAST", "BDAT 5 LAST X\r\n", 501},
    {"without_a_size", "BDAT\r\n", 501},
    {"of_no_number", "BDAT LAST\r\n", 501},
    {"with_a_NUL", std::string_view("BDAT 5\0LAST\r\n", 13), 501},
    {"with_a_bare_LF", "BDAT 60 LAST\n", 500},
    {"with_a_tab", "BDAT\t60 LAST\r\n", 500},
};

// What the chunk holds, which must not be obeyed.
constexpr std::string_view kInIt =
    "MAIL FROM:<evil@x.example>\r\nRCPT TO:<victim@y.example>\r\nDATA\r\n"
    "Subject: x\r\n\r\nsmuggled\r\n.\r\nQUIT\r\n";
constexpr std::string_view kBefore[] = {"", "MAIL FROM:<a@x.example>\r\n",
                                        "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\n"};

class Section3_Bdat : public testing::TestWithParam<Chunk> {
 protected:
  // `before` is answered when the chunk comes. `deliver` sends the chunk and what is in it.
  template <class Deliver>
  static void refuse(std::string_view before, Deliver deliver) {
    SCOPED_TRACE(before);
    Stage stage;
    RawClient& client = stage.greeted();
    const auto commands = static_cast<std::size_t>(std::ranges::count(before, '\n'));
    if (commands > 0) {
      stage.ask(client, std::string(before), commands);
    }
    const std::size_t known = client.heard().size();
    deliver(client);
    stage.hear_to_end(client);
    const std::string heard = client.heard().substr(known);
    EXPECT_EQ(read_replies(heard).codes(), std::vector<int>{GetParam().code}) << visible(heard);
    stage.run_for(std::chrono::minutes(2));
    EXPECT_EQ(stage.upstream().messages(), Lines{});
    EXPECT_FALSE(stage.upstream().received().contains("evil")) << stage.upstream().received();
    EXPECT_FALSE(stage.upstream().received().contains("victim"));
    EXPECT_EQ(stage.upstream().commands("DATA"), Lines{});
    EXPECT_EQ(stage.upstream().commands("BDAT"), Lines{});
  }
};

INSTANTIATE_TEST_SUITE_P(Of, Section3_Bdat, testing::ValuesIn(kChunks),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST_P(Section3_Bdat, ends_the_session_and_nothing_in_the_chunk_is_obeyed) {
  for (const std::string_view before : kBefore) {
    refuse(before,
           [](RawClient& client) { client.send(fmt::format("{}{}", GetParam().command, kInIt)); });
  }
}

TEST_P(Section3_Bdat, ends_the_session_when_it_comes_byte_by_byte) {
  refuse(kBefore[2], [](RawClient& client) {
    client.send_byte_by_byte(fmt::format("{}{}", GetParam().command, kInIt),
                             std::chrono::milliseconds(1));
  });
}

TEST_P(Section3_Bdat, ends_the_session_wherever_it_is_split) {
  for (std::size_t split = 1; split <= GetParam().command.size(); ++split) {
    SCOPED_TRACE(split);
    refuse(kBefore[2], [split](RawClient& client) {
      const std::string all = fmt::format("{}{}", GetParam().command, kInIt);
      client.send(all.substr(0, split));
      client.send(all.substr(split), std::chrono::milliseconds(1));
    });
  }
}

// What one upstream offers does not go to a client that could not be served so by another.
TEST(Section3_Chunking, is_offered_to_no_client) {
  Setting setting;
  setting.scripts = {
      {.ehlo = "250-upstream.example\r\n250-BINARYMIME\r\n250-PIPELINING\r\n250 CHUNKING\r\n"}};
  Stage stage(std::move(setting));
  RawClient& client = stage.greeted();
  stage.run_for(std::chrono::seconds(5));
  const std::string offers = stage.ask(client, "EHLO client.example\r\n");
  EXPECT_TRUE(offers.contains("PIPELINING")) << offers;
  EXPECT_FALSE(offers.contains("CHUNKING")) << offers;
  EXPECT_FALSE(offers.contains("BINARYMIME")) << offers;
  EXPECT_TRUE(stage.ask(client, "MAIL FROM:<a@x.example> BODY=BINARYMIME\r\n").starts_with("5"));
}

// One chunk is enough: a message that was begun so is not ended with DATA.
TEST(Section3_Chunking, and_DATA_are_not_mixed) {
  Stage stage;
  RawClient& client = stage.greeted();
  stage.ask(client, std::string(kBefore[2]), 2);
  client.send("BDAT 4\r\nabcdDATA\r\ntext\r\n.\r\n");
  EXPECT_EQ(read_replies(stage.hear_to_end(client)).codes(), std::vector<int>{502});
  EXPECT_EQ(stage.upstream().messages(), Lines{});
}

}  // namespace
}  // namespace truerelay::attacks
