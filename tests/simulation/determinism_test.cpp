#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/simulation/relayed_session.h"

namespace truerelay::simulation {
namespace {

const Attempt::Odds kOdds{.faults = {.bytes_to_server = 300, .bytes_to_client = 300}};

TEST(Determinism, TheSameSeedGivesTheSameTrace) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    RelayedSession first(seed, 10, true, &kOdds);
    RelayedSession second(seed, 10, true, &kOdds);
    ASSERT_TRUE(first.run());
    ASSERT_TRUE(second.run());
    ASSERT_FALSE(first.trace.text().empty());
    ASSERT_EQ(first.trace.text(), second.trace.text()) << "seed " << seed;
  }
}

TEST(Determinism, DifferentSeedsGiveDifferentTraces) {
  std::set<std::string> traces;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    RelayedSession session(seed, 10, true, &kOdds);
    ASSERT_TRUE(session.run());
    traces.insert(session.trace.text());
  }
  // An attempt that meets silence looks the same whatever the seed.
  EXPECT_GT(traces.size(), 90U);
}

TEST(Determinism, TracingChangesNothing) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    RelayedSession traced(seed, 10, true, &kOdds);
    RelayedSession quiet(seed, 10, false, &kOdds);
    ASSERT_TRUE(traced.run());
    ASSERT_TRUE(quiet.run());
    EXPECT_EQ(traced.world.elapsed(), quiet.world.elapsed()) << "seed " << seed;
    EXPECT_EQ(traced.heard, quiet.heard) << "seed " << seed;
    EXPECT_EQ(quiet.trace.text(), "");
  }
}

}  // namespace
}  // namespace truerelay::simulation
