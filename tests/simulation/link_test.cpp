#include "tests/simulation/link.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/simulation/probe.h"

namespace truerelay::simulation {
namespace {

constexpr std::uint64_t kSeeds = 200;

LinkOptions narrow(std::size_t window) {
  LinkOptions options;
  options.conditions.to_server.window = window;
  return options;
}

TEST(Link, CarriesEveryByteInOrderBothWaysUnderAllConditions) {
  const std::string question = numbered_text(700);
  const std::string answer = numbered_text(3000);
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    World world(seed);
    LinkOptions options{.conditions = Conditions::draw(world.random()), .faults = {}};
    const LinkEnds ends = make_link(world, options);
    io::Scope scope(world);
    Received at_server;
    Received at_client;
    Sent from_client;
    Sent from_server;
    scope.spawn(receive_all(*ends.server, at_server));
    scope.spawn(receive_all(*ends.client, at_client));
    scope.spawn(send(*ends.client, question, from_client));
    scope.spawn(send(*ends.server, answer, from_server));
    ends.client->shutdown();
    ends.server->shutdown();
    ASSERT_EQ(world.run(), World::Stop::nothing_left) << options.conditions.describe();
    ASSERT_EQ(scope.running(), 0U);
    EXPECT_EQ(at_server.bytes, question);
    EXPECT_EQ(at_client.bytes, answer);
    EXPECT_FALSE(at_server.failure || at_client.failure);
    EXPECT_FALSE(from_client.failure || from_server.failure);
  }
}

TEST(Link, AWriteIsDoneWhenItsBytesAreAcceptedAndNotYetThere) {
  Pair pair(1);
  const WriteProbe write(*pair.ends.client, "EHLO a.example\r\n");
  const ReadProbe read(*pair.ends.server);
  pair.world.run_until_idle();
  EXPECT_TRUE(write.succeeded());
  EXPECT_FALSE(read.done());
  pair.world.run();
  EXPECT_EQ(read.bytes(), "EHLO a.example\r\n");
}

TEST(Link, AWriterWaitsWhileTheReaderDoesNotRead) {
  Pair pair(1, narrow(5));
  const WriteProbe write(*pair.ends.client, "123456");
  EXPECT_EQ(pair.world.run(), World::Stop::nothing_left);
  EXPECT_FALSE(write.done());
  const ReadProbe one_byte(*pair.ends.server, 1);
  pair.world.run();
  EXPECT_EQ(one_byte.bytes(), "1");
  EXPECT_TRUE(write.succeeded());
}

TEST(Link, AWriteThatFillsTheWindowExactlyIsDone) {
  Pair pair(1, narrow(5));
  const WriteProbe write(*pair.ends.client, "12345");
  pair.world.run();
  EXPECT_TRUE(write.succeeded());
}

TEST(Link, TheWindowOfOneDirectionDoesNotHoldUpTheOther) {
  Pair pair(1, narrow(1));
  const WriteProbe stuck(*pair.ends.client, "123456");
  const WriteProbe free(*pair.ends.server, numbered_text(1000));
  pair.world.run();
  EXPECT_FALSE(stuck.done());
  EXPECT_TRUE(free.succeeded());
}

TEST(Link, CutsBytesIntoThePiecesOfItsConditions) {
  LinkOptions options;
  options.conditions.to_server.smallest_piece = options.conditions.to_server.largest_piece = 1;
  Pair pair(1, options);
  const WriteProbe write(*pair.ends.client, "abc");
  for (const char* expected : {"a", "b", "c"}) {
    const ReadProbe read(*pair.ends.server);
    pair.world.run_until([&read] { return read.done(); });
    EXPECT_EQ(read.bytes(), expected);
  }
}

TEST(Link, AReadTakesNoMoreThanItAskedFor) {
  Pair pair(1);
  const WriteProbe write(*pair.ends.client, "abcdef");
  pair.world.run();
  const ReadProbe first(*pair.ends.server, 4);
  pair.world.run();
  EXPECT_EQ(first.bytes(), "abcd");
  const ReadProbe second(*pair.ends.server, 4);
  pair.world.run();
  EXPECT_EQ(second.bytes(), "ef");
}

TEST(Link, BytesTakeTheLatencyOfTheirDirection) {
  LinkOptions options;
  options.conditions.to_server.latency = std::chrono::seconds(3);
  Pair pair(1, options);
  const WriteProbe write(*pair.ends.client, "x");
  const ReadProbe read(*pair.ends.server);
  pair.world.run_for(std::chrono::seconds(3));
  EXPECT_FALSE(read.done());
  pair.world.run_for(std::chrono::seconds(1));
  EXPECT_TRUE(read.done());
}

TEST(Link, CompletesSometimesAtOnceAndSometimesFromTheLoop) {
  int reads_at_once = 0;
  int writes_at_once = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    Pair pair(seed);
    const WriteProbe write(*pair.ends.client, "x");
    writes_at_once += write.done() ? 1 : 0;
    pair.world.run();
    EXPECT_TRUE(write.succeeded());
    const ReadProbe read(*pair.ends.server);
    reads_at_once += read.done() ? 1 : 0;
    pair.world.run();
    EXPECT_EQ(read.bytes(), "x");
  }
  EXPECT_GT(reads_at_once, 50);
  EXPECT_LT(reads_at_once, 150);
  EXPECT_GT(writes_at_once, 50);
  EXPECT_LT(writes_at_once, 150);
}

TEST(Link, AnEmptyWriteSucceeds) {
  Pair pair(1);
  const WriteProbe write(*pair.ends.client, "");
  pair.world.run();
  EXPECT_TRUE(write.succeeded());
}

#ifndef NDEBUG
TEST(LinkDeathTest, TakesOneReadAndOneWriteAtATime) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Pair pair(1, narrow(1));
  const ReadProbe read(*pair.ends.client);
  EXPECT_DEATH({ const ReadProbe second(*pair.ends.client); }, "one read at a time");
  const WriteProbe write(*pair.ends.client, "more than the window");
  EXPECT_DEATH({ const WriteProbe second(*pair.ends.client, "x"); }, "one write at a time");
}
#endif

}  // namespace
}  // namespace truerelay::simulation
