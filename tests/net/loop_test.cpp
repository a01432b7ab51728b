#include "net/loop.h"

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

#include "io/clock.h"

namespace truerelay::net {
namespace {

using namespace std::chrono_literals;

struct Alarm final : io::Timer {
  Alarm(Loop& on, std::vector<int>& where, int what)
      : Timer(on), loop(on), list(where), number(what) {}
  void expire() override {
    list.push_back(number);
    expired_at = loop.now();
  }
  Loop& loop;
  std::vector<int>& list;
  int number;
  io::Time expired_at{};
};

struct Again final : io::Executor::Job {
  explicit Again(Loop& on) : loop(on) {}
  void run() override {
    ++runs;
    if (!enough) {
      loop.post(*this);
    }
  }
  Loop& loop;
  bool enough = false;
  long runs = 0;
};

TEST(Loop, ReturnsWhenNothingIsLeft) {
  Loop loop;
  loop.run();
  Again job(loop);
  job.enough = true;
  loop.post(job);
  loop.run();
  EXPECT_EQ(job.runs, 1);
}

TEST(Loop, ExpiresTimersInTheirOrderAndNeverEarly) {
  Loop loop;
  std::vector<int> expired;
  Alarm late(loop, expired, 3);
  Alarm early(loop, expired, 1);
  Alarm middle(loop, expired, 2);
  const io::Time start = loop.now();
  late.arm(start + 30ms);
  early.arm(start + 1500us);
  middle.arm(start + 20ms);
  loop.run();
  EXPECT_EQ(expired, (std::vector<int>{1, 2, 3}));
  EXPECT_GE(early.expired_at, start + 1500us);
  EXPECT_GE(late.expired_at, start + 30ms);
}

TEST(Loop, DoesNotWaitForATimerThatWasDisarmed) {
  Loop loop;
  std::vector<int> expired;
  Alarm soon(loop, expired, 1);
  Alarm never(loop, expired, 2);
  const io::Time start = loop.now();
  never.arm(start + 1h);
  soon.arm(start + 1ms);
  never.disarm();
  loop.run();
  EXPECT_EQ(expired, (std::vector<int>{1}));
  EXPECT_LT(loop.now(), start + 1h);
}

TEST(Loop, ATimerInThePastExpiresInTheNextTurn) {
  Loop loop;
  std::vector<int> expired;
  Alarm past(loop, expired, 1);
  past.arm(loop.now() - 1h);
  loop.run();
  EXPECT_EQ(expired.size(), 1U);
}

TEST(Loop, JobsWithoutEndDoNotStarveTimers) {
  struct Stop final : io::Timer {
    Stop(Loop& loop, Again& endless) : Timer(loop), job(endless) {}
    void expire() override { job.enough = true; }
    Again& job;
  };
  Loop loop;
  Again job(loop);
  Stop stop(loop, job);
  stop.arm(loop.now() + 5ms);
  loop.post(job);
  loop.run();
  EXPECT_GT(job.runs, 1);
}

TEST(Loop, StopsAndRunsOnLater) {
  struct Stop final : io::Executor::Job {
    explicit Stop(Loop& on) : loop(on) {}
    void run() override { loop.stop(); }
    Loop& loop;
  };
  Loop loop;
  std::vector<int> expired;
  Alarm alarm(loop, expired, 1);
  alarm.arm(loop.now() + 20ms);
  Stop stop(loop);
  loop.post(stop);
  loop.run();
  EXPECT_TRUE(expired.empty());
  loop.run();
  EXPECT_EQ(expired.size(), 1U);
}

TEST(Loop, AStopBeforehandMakesTheNextRunReturnAtOnce) {
  Loop loop;
  std::vector<int> expired;
  Alarm alarm(loop, expired, 1);
  alarm.arm(loop.now() + 1ms);
  loop.stop();
  loop.run();
  EXPECT_TRUE(expired.empty());
  loop.run();
  EXPECT_EQ(expired.size(), 1U);
}

TEST(Loop, TwoLoopsLiveInOneProcess) {
  Loop one;
  Loop other;
  std::vector<int> expired;
  Alarm first(one, expired, 1);
  Alarm second(other, expired, 2);
  first.arm(one.now() + 1ms);
  second.arm(other.now() + 1ms);
  other.run();
  EXPECT_EQ(expired, (std::vector<int>{2}));
  one.run();
  EXPECT_EQ(expired, (std::vector<int>{2, 1}));
}

TEST(Loop, GoesWithJobsAndTimersStillWaiting) {
  std::vector<int> expired;
  Loop loop;
  Alarm alarm(loop, expired, 1);
  alarm.arm(loop.now() + 1h);
  Again job(loop);
  loop.post(job);
  loop.stop();
  EXPECT_EQ(job.runs, 0);
}

TEST(Loop, WallTimeIsTheSystems) {
  Loop loop;
  const auto before = std::chrono::system_clock::now() - 1s;
  EXPECT_GE(loop.wall_now(), before);
  EXPECT_LE(loop.wall_now(), before + 1h);
}

}  // namespace
}  // namespace truerelay::net
