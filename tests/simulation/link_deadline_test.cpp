#include <gtest/gtest.h>

#include <chrono>

#include "tests/simulation/link.h"
#include "tests/simulation/probe.h"

namespace truerelay::simulation {
namespace {

using Kind = io::Failure::Kind;
using std::chrono::seconds;

TEST(LinkDeadline, EndsAReadAndAWriteAtTheVeryTime) {
  LinkOptions options;
  options.conditions.to_server.window = 1;
  Pair pair(1, options);
  pair.ends.client->set_deadline(pair.world.now() + seconds(30));
  const ReadProbe read(*pair.ends.client);
  const WriteProbe write(*pair.ends.client, "more than the window");
  pair.world.run_for(seconds(30) - io::Duration{1});
  EXPECT_FALSE(read.done() || write.done());
  pair.world.run_for(io::Duration{1});
  EXPECT_EQ(read.failure(), Kind::timed_out);
  EXPECT_EQ(write.failure(), Kind::timed_out);
}

TEST(LinkDeadline, ClosesTheStreamForGood) {
  Pair pair(1);
  pair.ends.client->set_deadline(pair.world.now() + seconds(1));
  pair.world.run();
  pair.ends.client->set_deadline(io::Time::max());
  pair.ends.client->close();
  const ReadProbe read(*pair.ends.client);
  const WriteProbe write(*pair.ends.client, "x");
  const ReadProbe peer(*pair.ends.server);
  pair.world.run();
  EXPECT_EQ(read.failure(), Kind::timed_out);
  EXPECT_EQ(write.failure(), Kind::timed_out);
  EXPECT_TRUE(peer.at_end());
}

TEST(LinkDeadline, MayBeMovedAndTakenAway) {
  Pair pair(1);
  io::Stream& client = *pair.ends.client;
  client.set_deadline(pair.world.now() + seconds(1));
  client.set_deadline(pair.world.now() + seconds(10));
  const ReadProbe read(client);
  pair.world.run_for(seconds(5));
  EXPECT_FALSE(read.done());
  client.set_deadline(io::Time::max());
  EXPECT_EQ(pair.world.run(), World::Stop::nothing_left);
  EXPECT_FALSE(read.done());
}

TEST(LinkDeadline, InThePastFailsTheNextOperationEvenIfBytesAreThere) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Pair pair(seed);
    const WriteProbe write(*pair.ends.client, "x");
    pair.world.run();
    pair.ends.server->set_deadline(pair.world.now() - seconds(1));
    const ReadProbe read(*pair.ends.server);
    pair.world.run_until_idle();
    EXPECT_EQ(read.failure(), Kind::timed_out);
  }
}

TEST(LinkDeadline, BoundsAShutdownThatThePeerDoesNotLetThrough) {
  LinkOptions options;
  options.conditions.to_server.window = 1;
  Pair pair(1, options);
  const WriteProbe write(*pair.ends.client, "more than the window");
  pair.ends.client->set_deadline(pair.world.now() + seconds(10));
  pair.ends.client->shutdown();
  pair.world.run();
  EXPECT_EQ(write.failure(), Kind::timed_out);
}

TEST(LinkDeadline, OfAClosedStreamWakesNobody) {
  Pair pair(1);
  pair.ends.client->set_deadline(pair.world.now() + seconds(10));
  pair.ends.client->close();
  pair.ends.client->set_deadline(pair.world.now() + seconds(20));
  EXPECT_EQ(pair.world.run(), World::Stop::nothing_left);
  EXPECT_LT(pair.world.elapsed(), seconds(1));
}

TEST(LinkDeadline, ThatIsKeptDoesNothing) {
  Pair pair(1);
  pair.ends.server->set_deadline(pair.world.now() + seconds(10));
  const WriteProbe write(*pair.ends.client, "x");
  const ReadProbe read(*pair.ends.server);
  pair.world.run_for(seconds(1));
  EXPECT_EQ(read.bytes(), "x");
  EXPECT_FALSE(read.failure());
}

}  // namespace
}  // namespace truerelay::simulation
