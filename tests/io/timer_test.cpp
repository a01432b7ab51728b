#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <random>
#include <vector>

#include "tests/io/manual_loop.h"

namespace truerelay::io {
namespace {

using namespace std::chrono_literals;
using truerelay::testing::ManualLoop;

struct Alarm final : Timer {
  Alarm(Clock& clock, std::vector<int>& where, int what)
      : Timer(clock), list(where), number(what) {}
  void expire() override { list.push_back(number); }
  std::vector<int>& list;
  int number;
};

TEST(Timer, ExpiresOnceAtItsTimeAndNotBefore) {
  ManualLoop loop;
  std::vector<int> expired;
  Alarm alarm(loop, expired, 1);
  alarm.arm(loop.now() + 10ms);
  loop.advance(9999us);
  EXPECT_TRUE(expired.empty());
  EXPECT_TRUE(alarm.armed());
  loop.advance(1us);
  EXPECT_EQ(expired, (std::vector<int>{1}));
  EXPECT_FALSE(alarm.armed());
  loop.advance(1h);
  EXPECT_EQ(expired.size(), 1U);
}

TEST(Timer, TiesExpireInTheOrderOfArming) {
  ManualLoop loop;
  std::vector<int> expired;
  std::vector<std::unique_ptr<Alarm>> alarms;
  for (int i = 0; i < 20; ++i) {
    alarms.push_back(std::make_unique<Alarm>(loop, expired, i));
  }
  const Time at = loop.now() + 1s;
  for (const int i : {3, 7, 1, 19, 0, 4}) {
    alarms[static_cast<std::size_t>(i)]->arm(at);
  }
  loop.advance(1s);
  EXPECT_EQ(expired, (std::vector<int>{3, 7, 1, 19, 0, 4}));
}

TEST(Timer, ArmingAgainMovesTheTime) {
  ManualLoop loop;
  std::vector<int> expired;
  Alarm alarm(loop, expired, 1);
  alarm.arm(loop.now() + 10ms);
  alarm.arm(loop.now() + 30ms);
  loop.advance(20ms);
  EXPECT_TRUE(expired.empty());
  alarm.arm(loop.now() + 1ms);
  loop.advance(1ms);
  EXPECT_EQ(expired.size(), 1U);
}

TEST(Timer, TheEndOfTimeDisarms) {
  ManualLoop loop;
  std::vector<int> expired;
  Alarm alarm(loop, expired, 1);
  alarm.arm(loop.now() + 10ms);
  alarm.arm(Time::max());
  EXPECT_FALSE(alarm.armed());
  EXPECT_EQ(loop.next_expiry(), Time::max());
}

TEST(Timer, ATimerThatIsDestroyedIsDisarmed) {
  ManualLoop loop;
  std::vector<int> expired;
  auto first = std::make_unique<Alarm>(loop, expired, 1);
  Alarm second(loop, expired, 2);
  first->arm(loop.now() + 1ms);
  second.arm(loop.now() + 2ms);
  first.reset();
  loop.advance(5ms);
  EXPECT_EQ(expired, (std::vector<int>{2}));
}

TEST(Timer, MayDestroyAnotherThatIsDueInTheSameTurn) {
  struct Killer final : Timer {
    Killer(Clock& clock, std::unique_ptr<Alarm>& other) : Timer(clock), victim(other) {}
    void expire() override { victim.reset(); }
    std::unique_ptr<Alarm>& victim;
  };
  ManualLoop loop;
  std::vector<int> expired;
  auto victim = std::make_unique<Alarm>(loop, expired, 1);
  Killer killer(loop, victim);
  killer.arm(loop.now() + 1ms);
  victim->arm(loop.now() + 1ms);
  loop.advance(1ms);
  EXPECT_TRUE(expired.empty());
  EXPECT_EQ(victim, nullptr);
}

// Against the plainest model there is: a list that is searched from end to end.
TEST(Timer, AnyMixtureOfArmingAndDisarmingExpiresAsTheModelSays) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  const auto below = [&random](unsigned bound) { return static_cast<unsigned>(random() % bound); };

  struct Expected {
    Time at = Time::max();
    unsigned order = 0;
  };
  constexpr unsigned kTimers = 64;
  ManualLoop loop;
  std::vector<int> expired;
  std::vector<std::unique_ptr<Alarm>> alarms;
  std::vector<Expected> model(kTimers);
  for (unsigned i = 0; i < kTimers; ++i) {
    alarms.push_back(std::make_unique<Alarm>(loop, expired, static_cast<int>(i)));
  }
  unsigned order = 0;
  for (int step = 0; step < 20'000; ++step) {
    const unsigned which = below(kTimers);
    switch (below(4)) {
      case 0:
      case 1: {
        const Time at = loop.now() + Duration(below(50));
        alarms[which]->arm(at);
        model[which] = {at, ++order};
        break;
      }
      case 2:
        alarms[which]->disarm();
        model[which].at = Time::max();
        break;
      default: {
        const Time end = loop.now() + Duration(below(20));
        std::vector<int> due;
        while (true) {
          unsigned first = kTimers;
          for (unsigned i = 0; i < kTimers; ++i) {
            const bool earlier =
                first == kTimers || model[i].at < model[first].at ||
                (model[i].at == model[first].at && model[i].order < model[first].order);
            if (model[i].at <= end && earlier) {
              first = i;
            }
          }
          if (first == kTimers) {
            break;
          }
          due.push_back(static_cast<int>(first));
          model[first].at = Time::max();
        }
        expired.clear();
        loop.advance(end - loop.now());
        ASSERT_EQ(expired, due) << "step " << step;
      }
    }
    Time next = Time::max();
    for (const Expected& one : model) {
      next = std::min(next, one.at);
    }
    ASSERT_EQ(loop.next_expiry(), next) << "step " << step;
    ASSERT_EQ(alarms[which]->armed(), model[which].at != Time::max()) << "step " << step;
  }
}

}  // namespace
}  // namespace truerelay::io
