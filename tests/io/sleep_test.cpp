#include "io/sleep.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>

#include "io/scope.h"
#include "io/task.h"
#include "tests/io/manual_loop.h"

namespace truerelay::io {
namespace {

using namespace std::chrono_literals;
using truerelay::testing::ManualLoop;

Task<void> sleep_until(ManualLoop& loop, Time until, Cancellation& cancellation,
                       std::optional<bool>& outcome) {
  const bool reached = co_await Sleep(loop, loop, until, cancellation);
  outcome = reached;
}

TEST(Sleep, EndsAtItsTime) {
  ManualLoop loop;
  Scope scope(loop);
  Cancellation cancellation;
  std::optional<bool> outcome;
  scope.spawn(sleep_until(loop, loop.now() + 10ms, cancellation, outcome));
  loop.advance(9ms);
  EXPECT_FALSE(outcome.has_value());
  loop.advance(1ms);
  EXPECT_EQ(outcome, true);
}

TEST(Sleep, DoesNotWaitForATimeThatHasPassed) {
  ManualLoop loop;
  Scope scope(loop);
  Cancellation cancellation;
  std::optional<bool> outcome;
  scope.spawn(sleep_until(loop, loop.now(), cancellation, outcome));
  EXPECT_EQ(outcome, true);
}

TEST(Sleep, EndsAtOnceWhenItIsCancelled) {
  ManualLoop loop;
  Scope scope(loop);
  Cancellation cancellation;
  std::optional<bool> outcome;
  scope.spawn(sleep_until(loop, loop.now() + 1h, cancellation, outcome));
  cancellation.cancel();
  EXPECT_FALSE(outcome.has_value());  // From the loop, not inside of cancel().
  loop.run_jobs();
  EXPECT_EQ(outcome, false);
  EXPECT_EQ(loop.next_expiry(), Time::max());
}

TEST(Sleep, DoesNotBeginAfterCancellation) {
  ManualLoop loop;
  Scope scope(loop);
  Cancellation cancellation;
  cancellation.cancel();
  std::optional<bool> outcome;
  scope.spawn(sleep_until(loop, loop.now() + 1h, cancellation, outcome));
  EXPECT_EQ(outcome, false);
}

TEST(Sleep, CancelledInTheTurnInWhichItsTimeComesItResumesOnce) {
  ManualLoop loop;
  Scope scope(loop);
  Cancellation cancellation;
  std::optional<bool> outcome;
  scope.spawn(sleep_until(loop, loop.now() + 1ms, cancellation, outcome));
  loop.expire_due(loop.now() + 1ms);
  cancellation.cancel();
  loop.run_jobs();
  EXPECT_EQ(outcome, false);
  EXPECT_EQ(scope.running(), 0U);
}

}  // namespace
}  // namespace truerelay::io
