#include "io/event.h"

#include <gtest/gtest.h>

#include <memory>

#include "io/scope.h"
#include "io/task.h"
#include "tests/io/manual_loop.h"

namespace truerelay::io {
namespace {

using truerelay::testing::ManualLoop;

Task<void> count_wakes(Event& event, int& wakes, int at_most) {
  while (wakes < at_most) {
    co_await event.wait();
    ++wakes;
  }
}

TEST(Event, WakesItsWaiterFromTheLoop) {
  ManualLoop loop;
  Scope scope(loop);
  Event event(loop);
  int wakes = 0;
  scope.spawn(count_wakes(event, wakes, 1));
  EXPECT_EQ(wakes, 0);
  event.notify();
  EXPECT_EQ(wakes, 0);  // Not inside of notify().
  loop.run_jobs();
  EXPECT_EQ(wakes, 1);
  EXPECT_EQ(scope.running(), 0U);
}

TEST(Event, KeepsOneNotificationForWhoComesLater) {
  ManualLoop loop;
  Scope scope(loop);
  Event event(loop);
  int wakes = 0;
  event.notify();
  event.notify();
  scope.spawn(count_wakes(event, wakes, 2));
  loop.run_jobs();
  EXPECT_EQ(wakes, 1);
  event.notify();
  loop.run_jobs();
  EXPECT_EQ(wakes, 2);
}

TEST(Event, ANotificationBetweenWakingAndRunningIsKept) {
  ManualLoop loop;
  Scope scope(loop);
  Event event(loop);
  int wakes = 0;
  scope.spawn(count_wakes(event, wakes, 2));
  event.notify();
  event.notify();
  loop.run_jobs();
  EXPECT_EQ(wakes, 2);
}

}  // namespace
}  // namespace truerelay::io
