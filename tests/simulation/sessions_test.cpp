// Whole sessions across two links: what the world is for.

#include <gtest/gtest.h>

#include "tests/simulation/relayed_session.h"

namespace truerelay::simulation {
namespace {

constexpr std::size_t kExchanges = 30;

TEST(RelayedSessions, OnHealthyLinksGetEveryAnswer) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    RelayedSession session(seed, kExchanges, false, nullptr);
    ASSERT_TRUE(session.run()) << "seed " << seed;
    EXPECT_EQ(session.heard, kExchanges) << "seed " << seed;
    EXPECT_EQ(session.answered, kExchanges) << "seed " << seed;
    EXPECT_FALSE(session.client_saw_nonsense || session.upstream_saw_nonsense);
  }
}

TEST(RelayedSessions, OnFaultyLinksHearNoAnswerThatWasNotGiven) {
  const Attempt::Odds odds{.faults = {.bytes_to_server = 1100, .bytes_to_client = 900}};
  std::size_t complete = 0;
  std::size_t cut_short = 0;
  std::size_t answers_lost = 0;
  for (std::uint64_t seed = 0; seed < 1500; ++seed) {
    RelayedSession session(seed, kExchanges, false, &odds);
    ASSERT_TRUE(session.run()) << "seed " << seed;
    ASSERT_LE(session.heard, session.answered) << "seed " << seed;
    EXPECT_FALSE(session.client_saw_nonsense || session.upstream_saw_nonsense) << "seed " << seed;
    complete += session.heard == kExchanges ? 1 : 0;
    cut_short += session.heard < kExchanges ? 1 : 0;
    answers_lost += session.heard < session.answered ? 1 : 0;
  }
  EXPECT_GT(complete, 300U);
  EXPECT_GT(cut_short, 300U);
  EXPECT_GT(answers_lost, 100U) << "the case that makes an outcome doubtful";
}

TEST(RelayedSessions, WithCorruptionSeeNonsenseSometimes) {
  const Attempt::Odds odds{
      .faulty = 1, .faults = {.bytes_to_server = 1100, .bytes_to_client = 900, .corruption = true}};
  std::size_t nonsense = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    RelayedSession session(seed, kExchanges, false, &odds);
    ASSERT_TRUE(session.run()) << "seed " << seed;
    nonsense += session.client_saw_nonsense || session.upstream_saw_nonsense ? 1 : 0;
  }
  EXPECT_GT(nonsense, 30U);
}

}  // namespace
}  // namespace truerelay::simulation
