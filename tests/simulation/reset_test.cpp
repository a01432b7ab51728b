// What a reset leaves of the bytes before it, wherever it strikes.

#include <gtest/gtest.h>

#include <string>

#include "tests/simulation/link.h"
#include "tests/simulation/probe.h"

namespace truerelay::simulation {
namespace {

using Kind = io::Failure::Kind;

struct Outcome {
  Received at_server;
  Received at_client;
};

// Both sides send and read until the link, which breaks after `at` bytes to the server, is done.
Outcome exchange(std::uint64_t seed, std::uint64_t at, const std::string& up,
                 const std::string& down) {
  World world(seed);
  LinkOptions options{.conditions = Conditions::draw(world.random()), .faults = {}};
  options.faults.list.push_back(
      {.kind = Fault::Kind::reset, .direction = Direction::to_server, .at = at});
  const LinkEnds ends = make_link(world, options);
  io::Scope scope(world);
  Outcome outcome;
  Sent from_client;
  Sent from_server;
  scope.spawn(receive_all(*ends.server, outcome.at_server));
  scope.spawn(receive_all(*ends.client, outcome.at_client));
  scope.spawn(send(*ends.client, up, from_client));
  scope.spawn(send(*ends.server, down, from_server));
  EXPECT_EQ(world.run(), World::Stop::nothing_left);
  EXPECT_EQ(scope.running(), 0U) << "nobody is left waiting";
  return outcome;
}

TEST(Reset, StrikesAtAnyByteAndBothSidesLearnOfIt) {
  const std::string up = numbered_text(60);
  const std::string down = numbered_text(40);
  for (std::uint64_t at = 0; at <= up.size(); ++at) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      const Outcome outcome = exchange(seed, at, up, down);
      EXPECT_EQ(outcome.at_server.failure, Kind::reset);
      EXPECT_EQ(outcome.at_client.failure, Kind::reset);
      EXPECT_LE(outcome.at_server.bytes.size(), at);
      EXPECT_TRUE(up.starts_with(outcome.at_server.bytes));
      EXPECT_TRUE(down.starts_with(outcome.at_client.bytes));
    }
  }
}

TEST(Reset, DeliversOrLosesTheBytesThatAreUnderWayTheOtherWay) {
  int all = 0;
  int some = 0;
  int none = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const Outcome outcome = exchange(seed, 10, "0123456789", "250 2.0.0 accepted\r\n");
    const std::size_t got = outcome.at_client.bytes.size();
    all += got == 20 ? 1 : 0;
    some += got > 0 && got < 20 ? 1 : 0;
    none += got == 0 ? 1 : 0;
  }
  EXPECT_GT(all, 20);
  EXPECT_GT(some, 20);
  EXPECT_GT(none, 20);
}

TEST(Reset, LetsTheReaderHaveWhatArrivedBeforeOrTakesItAway) {
  int kept = 0;
  int taken_away = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    LinkOptions options;
    options.faults.list.push_back(
        {.kind = Fault::Kind::reset, .direction = Direction::to_client, .at = 5});
    Pair pair(seed, options);
    const WriteProbe write(*pair.ends.server, "250 2.0.0 ok\r\n");
    pair.world.run();
    io::Scope scope(pair.world);
    Received received;
    scope.spawn(receive_all(*pair.ends.client, received));
    pair.world.run();
    EXPECT_EQ(received.failure, Kind::reset);
    kept += received.bytes == "250 2" ? 1 : 0;
    taken_away += received.bytes.empty() ? 1 : 0;
  }
  EXPECT_GT(kept, 20);
  EXPECT_EQ(kept + taken_away, 100);
}

TEST(Reset, AWriterThatDoesNotKnowYetGoesOnWriting) {
  LinkOptions options;
  options.conditions.to_client.latency = std::chrono::seconds(10);
  options.faults.list.push_back(
      {.kind = Fault::Kind::reset, .direction = Direction::to_server, .at = 0});
  Pair pair(1, options);
  pair.world.run_for(std::chrono::seconds(1));
  const WriteProbe into_the_void(*pair.ends.client, numbered_text(200'000));
  pair.world.run_until_idle();
  EXPECT_TRUE(into_the_void.succeeded());
  pair.world.run();
  const WriteProbe refused(*pair.ends.client, "x");
  pair.world.run();
  EXPECT_EQ(refused.failure(), Kind::reset);
}

TEST(Reset, EndsAWriteThatWaits) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    LinkOptions options;
    options.conditions.to_server.window = 4;
    options.faults.list.push_back({.kind = Fault::Kind::reset,
                                   .direction = Direction::to_server,
                                   .at = 4,
                                   .after = std::chrono::seconds(5)});
    Pair pair(seed, options);
    const WriteProbe write(*pair.ends.client, "more than the window");
    pair.world.run_for(std::chrono::seconds(4));
    EXPECT_FALSE(write.done());
    pair.world.run();
    EXPECT_EQ(write.failure(), Kind::reset);
  }
}

}  // namespace
}  // namespace truerelay::simulation
