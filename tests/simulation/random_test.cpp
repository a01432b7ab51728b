#include "tests/simulation/random.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <set>

namespace truerelay::simulation {
namespace {

TEST(Random, GivesTheNumbersOfTheReferenceSplitMix64) {
  Random random(1234567);
  EXPECT_EQ(random.next(), 6457827717110365317U);
  EXPECT_EQ(random.next(), 3203168211198807973U);
  EXPECT_EQ(random.next(), 9817491932198370423U);
}

TEST(Random, DrawsEveryValueBetweenTheBoundsAndNoOther) {
  Random random(1);
  std::array<int, 7> drawn{};
  for (int i = 0; i < 7000; ++i) {
    const std::uint64_t value = random.between(10, 16);
    ASSERT_GE(value, 10U);
    ASSERT_LE(value, 16U);
    ++drawn.at(value - 10);
  }
  for (const int count : drawn) {
    EXPECT_GT(count, 800);
    EXPECT_LT(count, 1200);
  }
}

TEST(Random, TakesTheWholeRangeAndARangeOfOneValue) {
  Random random(2);
  EXPECT_EQ(random.between(5, 5), 5U);
  EXPECT_NE(random.between(0, ~std::uint64_t{0}), random.between(0, ~std::uint64_t{0}));
}

TEST(Random, ScaledDrawsReachEveryOrderOfMagnitude) {
  Random random(3);
  std::set<int> magnitudes;
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t value = random.scaled_between(3, 70'000);
    ASSERT_GE(value, 3U);
    ASSERT_LE(value, 70'000U);
    magnitudes.insert(static_cast<int>(std::bit_width(value)));
  }
  EXPECT_EQ(magnitudes.size(), 16U);  // From 2 bits to 17.
}

TEST(Random, AChanceOfNoneNeverComesAndACertaintyAlways) {
  Random random(4);
  int halves = 0;
  for (int i = 0; i < 10'000; ++i) {
    ASSERT_FALSE(random.chance(0));
    ASSERT_TRUE(random.chance(1));
    halves += random.chance(0.5) ? 1 : 0;
  }
  EXPECT_GT(halves, 4700);
  EXPECT_LT(halves, 5300);
}

TEST(Random, AForkGoesItsOwnWay) {
  Random one(5);
  Random other(5);
  Random fork_of_one = one.fork();
  Random fork_of_other = other.fork();
  static_cast<void>(fork_of_other.next());
  EXPECT_EQ(one.next(), other.next());
  EXPECT_NE(fork_of_one.next(), fork_of_other.next());
}

}  // namespace
}  // namespace truerelay::simulation
