#include "io/scope.h"

#include <gtest/gtest.h>

#include "io/event.h"
#include "tests/io/manual_loop.h"

namespace truerelay::io {
namespace {

using truerelay::testing::ManualLoop;

Task<void> wait_for(Event& event, int& done) {
  co_await event.wait();
  ++done;
}

Task<void> wait_until_finished(Scope& scope, bool& finished) {
  co_await scope.finished();
  finished = true;
}

TEST(Scope, RunsATaskUntilItsFirstWaitBeforeSpawnReturns) {
  ManualLoop loop;
  Scope scope(loop);
  Event event(loop);
  int done = 0;
  event.notify();
  scope.spawn(wait_for(event, done));
  EXPECT_EQ(done, 1);
  EXPECT_EQ(scope.running(), 0U);
  scope.spawn(wait_for(event, done));
  EXPECT_EQ(done, 1);
  EXPECT_EQ(scope.running(), 1U);
  event.notify();
  loop.run_jobs();
  EXPECT_EQ(scope.running(), 0U);
}

TEST(Scope, FinishedWaitsForTheLastTask) {
  ManualLoop loop;
  Scope outer(loop);
  Scope scope(loop);
  Event first(loop);
  Event second(loop);
  int done = 0;
  bool finished = false;
  scope.spawn(wait_for(first, done));
  scope.spawn(wait_for(second, done));
  outer.spawn(wait_until_finished(scope, finished));
  first.notify();
  loop.run_jobs();
  EXPECT_FALSE(finished);
  second.notify();
  loop.run_jobs();
  EXPECT_TRUE(finished);
  EXPECT_EQ(done, 2);
}

TEST(Scope, FinishedReturnsAtOnceWhenNothingRuns) {
  ManualLoop loop;
  Scope outer(loop);
  Scope scope(loop);
  bool finished = false;
  outer.spawn(wait_until_finished(scope, finished));
  EXPECT_TRUE(finished);
}

TEST(Scope, AnEarlierEndIsNotTakenForTheEndOfALaterTask) {
  ManualLoop loop;
  Scope outer(loop);
  Scope scope(loop);
  Event event(loop);
  int done = 0;
  event.notify();
  scope.spawn(wait_for(event, done));  // Ends with nobody waiting for it.
  scope.spawn(wait_for(event, done));
  bool finished = false;
  outer.spawn(wait_until_finished(scope, finished));
  loop.run_jobs();
  EXPECT_FALSE(finished);
  event.notify();
  loop.run_jobs();
  EXPECT_TRUE(finished);
}

}  // namespace
}  // namespace truerelay::io
