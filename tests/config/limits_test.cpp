// Connections, budgets, patience and what is kept for a second try.

#include <chrono>

#include "tests/config/configuration_folder.h"

namespace truerelay::config {
namespace {

using namespace std::chrono_literals;

class LimitsTest : public ConfigurationFolder {
 protected:
  static std::string at(std::string_view place, std::string_view message) {
    return "upstreams/office365.toml:" + std::string(place) + ": " + std::string(message);
  }
  // Keys of an upstream without a preset, from line 3.
  void with(std::string_view keys) {
    write_upstream("host = \"mail.example\"\nauth = \"none\"\n" + std::string(keys));
  }
};

TEST_F(LimitsTest, AreReadWithTheirDefaults) {
  with("");
  const Upstream read = upstream();
  EXPECT_EQ(read.chunking, Chunking::automatic);
  EXPECT_EQ(read.max_connections, 20U);
  EXPECT_EQ(read.rate_per_minute, 0U);
  EXPECT_EQ(read.max_messages_per_connection, 1000U);
  EXPECT_EQ(read.idle_close, 1min);
  EXPECT_FALSE(read.keep_warm);
  EXPECT_EQ(read.patience, 30s);
  EXPECT_EQ(read.replay_buffer, 262'144U);
  EXPECT_FALSE(read.replay_file);
  EXPECT_EQ(read.fallback, "");
}

TEST_F(LimitsTest, AreReadWithEverythingSaid) {
  with(
      "chunking = \"off\"\nmax_connections = 5\nrate_per_minute = 60\n"
      "max_messages_per_connection = 7\nidle_close = \"4m\"\nkeep_warm = true\n"
      "patience = \"90s\"\nreplay_buffer = \"2MiB\"\nreplay_file = true\n");
  ASSERT_EQ(warnings(), Lines{});
  const Upstream read = upstream();
  EXPECT_EQ(read.chunking, Chunking::off);
  EXPECT_EQ(read.max_connections, 5U);
  EXPECT_EQ(read.rate_per_minute, 60U);
  EXPECT_EQ(read.max_messages_per_connection, 7U);
  EXPECT_EQ(read.idle_close, 4min);
  EXPECT_TRUE(read.keep_warm);
  EXPECT_EQ(read.patience, 90s);
  EXPECT_EQ(read.replay_buffer, 2'097'152U);
  EXPECT_TRUE(read.replay_file);
}

TEST_F(LimitsTest, TakeNoughtWhereItMeansSomething) {
  with("rate_per_minute = 0\nmax_messages_per_connection = 0\npatience = 0\nreplay_buffer = 0\n");
  ASSERT_EQ(warnings(), Lines{});
  const Upstream read = upstream();
  EXPECT_EQ(read.rate_per_minute, 0U);
  EXPECT_EQ(read.max_messages_per_connection, 0U);
  EXPECT_EQ(read.patience, 0s);
  EXPECT_EQ(read.replay_buffer, 0U);
}

TEST_F(LimitsTest, RefuseWhatIsOutOfRange) {
  with(
      "max_connections = 0\nrate_per_minute = 100001\nmax_messages_per_connection = -1\n"
      "idle_close = \"500ms\"\npatience = \"11m\"\nreplay_buffer = \"33MiB\"\n");
  EXPECT_EQ(errors(), (Lines{at("3:19", "'max_connections' must be from 1 to 1000"),
                             at("4:19", "'rate_per_minute' must be from 0 to 100000"),
                             at("5:31", "'max_messages_per_connection' must be from 0 to 100000"),
                             at("6:14", "'idle_close' must be from 1s to 1h"),
                             at("7:12", "'patience' must be from 0s to 10m"),
                             at("8:17", "'replay_buffer' must be from 0 to 32MiB")}));
  with("max_connections = 1001\nidle_close = \"2h\"\n");
  EXPECT_EQ(errors(), (Lines{at("3:19", "'max_connections' must be from 1 to 1000"),
                             at("4:14", "'idle_close' must be from 1s to 1h")}));
}

TEST_F(LimitsTest, ProposeTheNearestWayOfChunking) {
  with("chunking = \"of\"\n");
  EXPECT_EQ(errors(), (Lines{at("3:12",
                                "'chunking' must be one of \"auto\", \"off\"; did you mean "
                                "'off'?")}));
}

TEST_F(LimitsTest, WarnOfANoopThatComesTooLate) {
  with("idle_close = \"5m\"\nkeep_warm = true\n");
  EXPECT_EQ(warnings(),
            (Lines{at("3:14",
                      "with keep_warm = true a NOOP is sent after 5m of silence, but "
                      "many servers hang up after 5m or sooner: idle_close = \"1m\"")}));
  with("idle_close = \"5m\"\n");
  EXPECT_EQ(warnings(), Lines{});
}

TEST_F(LimitsTest, WarnOfMorePatienceThanProgramsHave) {
  with("patience = \"301s\"\n");
  EXPECT_EQ(warnings(), (Lines{at("3:12",
                                  "most programs give up sooner than that and take it for a "
                                  "failure; an answer in time serves them better: patience = "
                                  "\"2m\" or less")}));
  with("patience = \"5m\"\n");
  EXPECT_EQ(warnings(), Lines{});
}

TEST_F(LimitsTest, KeepNothingInAFileWhereNothingIsKept) {
  with("replay_buffer = 0\nreplay_file = true\n");
  EXPECT_EQ(warnings(), (Lines{at("4:15",
                                  "'replay_file' has no effect with replay_buffer = 0, which "
                                  "keeps nothing")}));
  EXPECT_FALSE(upstream().replay_file);
}

TEST_F(LimitsTest, WarnWhereAllMessagesTogetherAreMoreThanIsKept) {
  with("replay_buffer = \"2MiB\"\n");
  EXPECT_EQ(warnings(), (Lines{at("3:17",
                                  "20 messages of 2MiB are more than the 32MiB that are kept of "
                                  "all messages together; one that finds no room fails with 451 "
                                  "where its connection is lost: replay_buffer = \"1MiB\" fits")}));
  with("max_connections = 200\n");
  EXPECT_EQ(warnings(),
            (Lines{at("3:19",
                      "200 messages of 256KiB are more than the 32MiB that are kept of all "
                      "messages together; one that finds no room fails with 451 where its "
                      "connection is lost: replay_buffer = \"128KiB\" fits")}));
  with("max_connections = 3\nreplay_buffer = \"10MiB\"\n");
  EXPECT_EQ(warnings(), Lines{});
  with("replay_buffer = \"2MiB\"\nreplay_file = true\n");
  EXPECT_EQ(warnings(), Lines{});
}

}  // namespace
}  // namespace truerelay::config
