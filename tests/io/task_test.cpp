#include "io/task.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "io/event.h"
#include "io/scope.h"
#include "tests/io/manual_loop.h"

namespace truerelay::io {
namespace {

using truerelay::testing::ManualLoop;

// Notes when it is destroyed.
struct Witness {
  explicit Witness(int& counter) : gone(counter) {}
  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;
  ~Witness() { ++gone; }
  int& gone;
};

Task<int> answer(bool& started, Event* wait) {
  started = true;
  if (wait != nullptr) {
    co_await wait->wait();
  }
  co_return 42;
}

Task<void> ask(bool& started, Event* wait, int& result) {
  Task<int> task = answer(started, wait);
  EXPECT_FALSE(started);  // Lazy.
  const int value = co_await std::move(task);
  result = value;
}

TEST(Task, StartsWhenItIsAwaitedAndGivesItsValue) {
  ManualLoop loop;
  Scope scope(loop);
  bool started = false;
  int result = 0;
  scope.spawn(ask(started, nullptr, result));
  EXPECT_EQ(result, 42);
}

TEST(Task, ResumesWhoAwaitsItWhenItHadToWait) {
  ManualLoop loop;
  Scope scope(loop);
  Event event(loop);
  bool started = false;
  int result = 0;
  scope.spawn(ask(started, &event, result));
  EXPECT_TRUE(started);
  EXPECT_EQ(result, 0);
  event.notify();
  loop.run_jobs();
  EXPECT_EQ(result, 42);
}

Task<std::unique_ptr<std::string>> make_owned(std::string text) {
  co_return std::make_unique<std::string>(std::move(text));
}

Task<void> keep(std::string& result) {
  const std::unique_ptr<std::string> owned = co_await make_owned("moved, not copied");
  result = *owned;
}

TEST(Task, ValuesNeedOnlyBeMovable) {
  ManualLoop loop;
  Scope scope(loop);
  std::string result;
  scope.spawn(keep(result));
  EXPECT_EQ(result, "moved, not copied");
}

Task<void> hold(std::unique_ptr<Witness> witness) {
  EXPECT_EQ(witness->gone, 0);
  co_return;
}

TEST(Task, ATaskThatNobodyAwaitsFreesWhatItWasGiven) {
  int gone = 0;
  {
    const Task<void> never = hold(std::make_unique<Witness>(gone));
    EXPECT_EQ(gone, 0);
  }
  EXPECT_EQ(gone, 1);
}

Task<void> await_hold(int& gone, bool& went_on) {
  co_await hold(std::make_unique<Witness>(gone));
  EXPECT_EQ(gone, 1);
  went_on = true;
}

TEST(Task, ParametersGoWithTheAwaitedTask) {
  ManualLoop loop;
  Scope scope(loop);
  int gone = 0;
  bool went_on = false;
  scope.spawn(await_hold(gone, went_on));
  EXPECT_TRUE(went_on);
  EXPECT_EQ(gone, 1);
}

}  // namespace
}  // namespace truerelay::io
