#include "relay/budget.h"

#include <gtest/gtest.h>

#include "tests/simulation/world.h"

namespace truerelay::relay {
namespace {

using namespace std::chrono_literals;

class BudgetTest : public ::testing::Test {
 protected:
  static void begin(Budget& budget, unsigned messages) {
    for (unsigned i = 0; i < messages; ++i) {
      budget.begin();
    }
  }
  static void end(Budget& budget, unsigned messages) {
    for (unsigned i = 0; i < messages; ++i) {
      budget.end();
    }
  }

  simulation::World world{1};
};

TEST_F(BudgetTest, SoManyMessagesAtOnceAndNoMore) {
  Budget budget(world, 3, 0);
  EXPECT_EQ(budget.room(), 3U);
  begin(budget, 2);
  EXPECT_EQ(budget.room(), 1U);
  budget.begin();
  EXPECT_EQ(budget.room(), 0U);
  EXPECT_EQ(budget.next_message(), io::Time::max()) << "only the end of another one helps";
  budget.end();
  EXPECT_EQ(budget.room(), 1U);
}

TEST_F(BudgetTest, WithoutARateTimeNeverLimitsIt) {
  Budget budget(world, 1, 0);
  for (int i = 0; i < 10'000; ++i) {
    budget.begin();
    budget.end();
  }
  EXPECT_EQ(budget.room(), 1U);
}

TEST_F(BudgetTest, InNoMinuteAreThereMoreThanTheRateAllows) {
  Budget budget(world, 10, 3);
  const io::Time began = world.now();
  budget.begin();
  budget.end();
  world.run_for(20s);
  begin(budget, 2);
  end(budget, 2);
  EXPECT_EQ(budget.room(), 0U);
  EXPECT_EQ(budget.next_message(), began + 60s);
  world.run_for(40s - 1us);
  EXPECT_EQ(budget.room(), 0U);
  world.run_for(1us);
  EXPECT_EQ(budget.room(), 1U) << "the first one is a minute old";
  budget.begin();
  EXPECT_EQ(budget.next_message(), began + 80s);
  world.run_for(20s);
  EXPECT_EQ(budget.room(), 2U);
}

TEST_F(BudgetTest, BothLimitsHoldTogether) {
  Budget budget(world, 2, 3);
  begin(budget, 2);
  EXPECT_EQ(budget.room(), 0U);
  end(budget, 2);
  EXPECT_EQ(budget.room(), 1U) << "the rate leaves one";
}

TEST_F(BudgetTest, AThrottledRateStopsMessagesForAMomentAndLeavesThePlaces) {
  Budget budget(world, 3, 0);
  budget.begin();
  budget.slow_down(Throttle::rate);
  EXPECT_EQ(budget.room(), 0U);
  EXPECT_EQ(budget.next_message(), world.now() + 2s);
  EXPECT_TRUE(budget.may_log_in());
  world.run_for(2s);
  EXPECT_EQ(budget.room(), 2U);
}

TEST_F(BudgetTest, ThrottledConnectionsTakeAwayAPlaceThatSlowlyComesBack) {
  Budget budget(world, 3, 0);
  begin(budget, 3);
  budget.slow_down(Throttle::connections);
  end(budget, 3);
  world.run_for(2s);
  EXPECT_EQ(budget.room(), 2U);
  world.run_for(58s);
  EXPECT_EQ(budget.room(), 3U) << "a minute went well";
}

TEST_F(BudgetTest, WhenAllPlacesThatAreLeftAreTakenAPlaceThatComesBackIsTheNextChance) {
  Budget budget(world, 3, 0);
  begin(budget, 3);
  const io::Time throttled = world.now();
  budget.slow_down(Throttle::connections);
  budget.end();
  world.run_for(2s);
  EXPECT_EQ(budget.room(), 0U);
  EXPECT_EQ(budget.next_message(), throttled + 60s);
}

TEST_F(BudgetTest, SeveralMessagesThatHearTheSameThrottleTakeAwayOnePlace) {
  Budget budget(world, 4, 0);
  begin(budget, 4);
  for (int i = 0; i < 4; ++i) {
    budget.slow_down(Throttle::connections);
    budget.end();
  }
  world.run_for(2s);
  EXPECT_EQ(budget.room(), 3U);
}

TEST_F(BudgetTest, OnePlaceAlwaysRemains) {
  Budget budget(world, 2, 0);
  for (int i = 0; i < 5; ++i) {
    budget.begin();
    budget.slow_down(Throttle::connections);
    budget.end();
    world.run_for(20s);
  }
  world.run_for(60s);
  EXPECT_GE(budget.room(), 1U);
}

TEST_F(BudgetTest, ThrottledLoginsLeaveMessagesAlone) {
  Budget budget(world, 3, 0);
  budget.slow_down(Throttle::logins);
  EXPECT_FALSE(budget.may_log_in());
  EXPECT_EQ(budget.next_login(), world.now() + 10s);
  EXPECT_EQ(budget.room(), 3U);
  world.run_for(10s);
  EXPECT_TRUE(budget.may_log_in());
}

TEST_F(BudgetTest, ItKeepsToWhatTheUpstreamServesAndTriesMoreByAndBy) {
  Budget budget(world, 10, 0);
  budget.keep_to(2);
  EXPECT_EQ(budget.room(), 2U);
  world.run_for(60s);
  EXPECT_EQ(budget.room(), 3U);
  world.run_for(7min);
  EXPECT_EQ(budget.room(), 10U);
  world.run_for(1h);
  EXPECT_EQ(budget.room(), 10U) << "never more than is configured";
}

TEST_F(BudgetTest, ItNeverKeepsToNothingAtAll) {
  Budget budget(world, 10, 0);
  budget.keep_to(0);
  EXPECT_EQ(budget.room(), 1U);
}

}  // namespace
}  // namespace truerelay::relay
