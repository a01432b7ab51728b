#include "tests/simulation/world.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace truerelay::simulation {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

struct Bell final : io::Timer {
  Bell(World& world, std::string& rings, char name) : Timer(world), log(rings), letter(name) {}
  void expire() override { log += letter; }
  std::string& log;
  char letter;
};

struct Circle final : io::Executor::Job {
  explicit Circle(World& into) : world(into) {}
  void run() override {
    ++runs;
    world.post(*this);
  }
  World& world;
  int runs = 0;
};

TEST(World, JumpsFromTimerToTimer) {
  World world(1);
  std::string rings;
  Bell late(world, rings, 'l');
  Bell early(world, rings, 'e');
  const io::Time begin = world.now();
  late.arm(begin + hours(3));
  early.arm(begin + seconds(2));
  EXPECT_EQ(world.run(), World::Stop::nothing_left);
  EXPECT_EQ(rings, "el");
  EXPECT_EQ(world.now(), begin + hours(3));
  EXPECT_EQ(world.elapsed(), hours(3));
}

TEST(World, RingsTimersOfTheSameMomentInTheOrderOfArming) {
  World world(1);
  std::string rings;
  Bell a(world, rings, 'a');
  Bell b(world, rings, 'b');
  Bell c(world, rings, 'c');
  for (Bell* bell : {&b, &c, &a}) {
    bell->arm(world.now() + seconds(1));
  }
  world.run();
  EXPECT_EQ(rings, "bca");
}

TEST(World, RunsForJustTheTimeAskedFor) {
  World world(1);
  std::string rings;
  Bell inside(world, rings, 'i');
  Bell border(world, rings, 'b');
  Bell outside(world, rings, 'o');
  inside.arm(world.now() + seconds(1));
  border.arm(world.now() + seconds(5));
  outside.arm(world.now() + seconds(6));
  EXPECT_EQ(world.run_for(seconds(5)), World::Stop::time_spent);
  EXPECT_EQ(rings, "ib");
  EXPECT_EQ(world.elapsed(), seconds(5));
  EXPECT_EQ(world.run_for(seconds(5)), World::Stop::nothing_left);
  EXPECT_EQ(world.elapsed(), seconds(10));
}

TEST(World, TimeStandsStillUntilIdle) {
  World world(1);
  std::string rings;
  Bell now(world, rings, 'n');
  Bell later(world, rings, 'l');
  now.arm(world.now());
  later.arm(world.now() + io::Duration{1});
  EXPECT_EQ(world.run_until_idle(), World::Stop::time_spent);
  EXPECT_EQ(rings, "n");
  EXPECT_EQ(world.elapsed(), seconds(0));
}

TEST(World, StopsWhatGoesRoundInCircles) {
  World world(1);
  Circle circle(world);
  world.post(circle);
  EXPECT_EQ(world.run({.steps = 1000}), World::Stop::steps_spent);
  EXPECT_EQ(circle.runs, 1000);
}

TEST(World, StopsAtTheBoundOfTime) {
  World world(1);
  std::string rings;
  Bell bell(world, rings, 'b');
  bell.arm(world.now() + hours(48));
  EXPECT_EQ(world.run({.time = hours(1)}), World::Stop::time_spent);
  EXPECT_EQ(world.elapsed(), hours(1));
  EXPECT_EQ(rings, "");
}

TEST(World, RunsUntilAConditionHolds) {
  World world(1);
  Circle circle(world);
  world.post(circle);
  EXPECT_EQ(world.run_until([&circle] { return circle.runs == 7; }), World::Stop::done);
  EXPECT_EQ(circle.runs, 7);
}

TEST(World, TheWallClockMayBeSetWithoutTheMonotonicOneNoticing) {
  World world(1);
  const io::Time monotonic = world.now();
  const io::WallTime wall = world.wall_now();
  world.step_wall_clock(-hours(1));
  world.run_for(seconds(10));
  EXPECT_EQ(world.now(), monotonic + seconds(10));
  EXPECT_EQ(world.wall_now(), wall - hours(1) + seconds(10));
}

TEST(World, WritesDurationsAsSecondsWithSixDigits) {
  EXPECT_EQ(text_of(io::Duration{12'345'678}), "12.345678 s");
  EXPECT_EQ(text_of(io::Duration{7}), "0.000007 s");
}

}  // namespace
}  // namespace truerelay::simulation
