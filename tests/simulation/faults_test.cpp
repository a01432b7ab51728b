#include "tests/simulation/faults.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/simulation/link.h"
#include "tests/simulation/probe.h"

namespace truerelay::simulation {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kText = "MAIL FROM:<a@a.example>\r\n";

LinkOptions with(Fault fault) {
  LinkOptions options;
  options.faults.list.push_back(fault);
  return options;
}

// What the server reads of kText under one fault, at every position, with every kind of splitting.
template <class Check>
void at_every_byte(Fault fault, Check check) {
  for (std::uint64_t at = 0; at < kText.size(); ++at) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      fault.at = at;
      LinkOptions options = with(fault);
      Random random(seed);
      options.conditions = Conditions::draw(random);
      Pair pair(seed, options);
      const WriteProbe write(*pair.ends.client, std::string(kText));
      pair.ends.client->shutdown();
      io::Scope scope(pair.world);
      Received received;
      scope.spawn(receive_all(*pair.ends.server, received));
      pair.world.run();
      EXPECT_TRUE(received.finished);
      EXPECT_TRUE(write.succeeded());
      check(at, received);
    }
  }
}

TEST(Fault, EndShowsTheReaderAnEarlyEndAndTheWriterNothing) {
  at_every_byte({.kind = Fault::Kind::end}, [](std::uint64_t at, const Received& received) {
    EXPECT_FALSE(received.failure);
    EXPECT_EQ(received.bytes, kText.substr(0, at));
  });
}

TEST(Fault, FlipChangesOneByteAndNoOther) {
  at_every_byte(
      {.kind = Fault::Kind::flip, .value = 0x81}, [](std::uint64_t at, const Received& received) {
        std::string expected(kText);
        expected[at] = static_cast<char>(static_cast<unsigned char>(expected[at]) ^ 0x81U);
        EXPECT_EQ(received.bytes, expected);
      });
}

TEST(Fault, InsertAddsOneByteAndLosesNone) {
  at_every_byte({.kind = Fault::Kind::insert, .value = '!'},
                [](std::uint64_t at, const Received& received) {
                  EXPECT_EQ(received.bytes, std::string(kText).insert(at, "!"));
                });
}

TEST(Fault, PositionsCountTheBytesOfTheWriter) {
  LinkOptions options = with({.kind = Fault::Kind::insert, .at = 1, .value = '!'});
  options.faults.list.push_back({.kind = Fault::Kind::insert, .at = 2, .value = '?'});
  options.faults.list.push_back({.kind = Fault::Kind::end, .at = 4});
  Pair pair(1, options);
  const WriteProbe write(*pair.ends.client, "abcdef");
  io::Scope scope(pair.world);
  Received received;
  scope.spawn(receive_all(*pair.ends.server, received));
  pair.world.run();
  EXPECT_EQ(received.bytes, "a!b?cd");
}

TEST(Fault, HangUpFreesWritersThatWaitOnEitherSide) {
  LinkOptions options = with({.kind = Fault::Kind::hang_up, .at = 2});
  options.conditions.to_server.window = options.conditions.to_client.window = 2;
  Pair pair(1, options);
  const WriteProbe up(*pair.ends.client, "abcdef");
  const WriteProbe down(*pair.ends.server, "abcdef");
  pair.world.run();
  EXPECT_TRUE(up.succeeded());
  EXPECT_TRUE(down.succeeded());
}

TEST(Fault, HangUpEndsBothDirections) {
  Pair pair(1, with({.kind = Fault::Kind::hang_up, .at = 3}));
  const WriteProbe write(*pair.ends.client, "abcdef");
  io::Scope scope(pair.world);
  Received at_server;
  Received at_client;
  scope.spawn(receive_all(*pair.ends.server, at_server));
  scope.spawn(receive_all(*pair.ends.client, at_client));
  pair.world.run();
  EXPECT_EQ(at_server.bytes, "abc");
  EXPECT_TRUE(at_client.finished);
  EXPECT_FALSE(at_server.failure || at_client.failure);
}

TEST(Fault, StallHoldsBackWhatComesAfterItsByte) {
  Pair pair(1, with({.kind = Fault::Kind::stall, .at = 3, .lasts = minutes(10)}));
  const WriteProbe write(*pair.ends.client, "abcdef");
  const ReadProbe before(*pair.ends.server);
  pair.world.run_for(minutes(9));
  EXPECT_EQ(before.bytes(), "abc");
  const ReadProbe after(*pair.ends.server);
  pair.world.run_until_idle();
  EXPECT_FALSE(after.done());
  pair.world.run_for(minutes(2));
  EXPECT_EQ(after.bytes(), "def");
}

TEST(Fault, StallForEverLeavesTheOtherDirectionAlone) {
  Pair pair(1, with({.kind = Fault::Kind::stall, .at = 0}));
  const ReadProbe at_server(*pair.ends.server);
  const ReadProbe at_client(*pair.ends.client);
  const WriteProbe question(*pair.ends.client, "abc");
  const WriteProbe answer(*pair.ends.server, "def");
  EXPECT_EQ(pair.world.run(), World::Stop::nothing_left);
  EXPECT_FALSE(at_server.done());
  EXPECT_EQ(at_client.bytes(), "def");
}

TEST(Fault, FreezeHoldsBothDirectionsAndTheEndOfTheStreamToo) {
  Pair pair(1, with({.kind = Fault::Kind::freeze, .at = 0, .lasts = minutes(10)}));
  pair.world.run_for(seconds(1));
  const ReadProbe at_server(*pair.ends.server);
  const ReadProbe at_client(*pair.ends.client);
  const WriteProbe answer(*pair.ends.server, "def");
  pair.ends.client->shutdown();
  pair.world.run_for(minutes(9));
  EXPECT_FALSE(at_server.done() || at_client.done());
  pair.world.run_for(minutes(1));
  EXPECT_TRUE(at_server.at_end());
  EXPECT_EQ(at_client.bytes(), "def");
}

TEST(Fault, FreezeForEverIsForEver) {
  Pair pair(1, with({.kind = Fault::Kind::freeze, .at = 0}));
  pair.world.run();
  const ReadProbe at_client(*pair.ends.client);
  pair.ends.server.reset();
  EXPECT_EQ(pair.world.run(), World::Stop::nothing_left);
  EXPECT_FALSE(at_client.done());
}

TEST(Fault, StrikesAQuietConnectionAfterItsTime) {
  Pair pair(1, with({.kind = Fault::Kind::reset, .at = 3, .after = minutes(3)}));
  const WriteProbe write(*pair.ends.client, "abc");
  const ReadProbe first(*pair.ends.server);
  pair.world.run_for(minutes(2));
  EXPECT_EQ(first.bytes(), "abc");
  const ReadProbe second(*pair.ends.server);
  pair.world.run_for(minutes(2));
  EXPECT_EQ(second.failure(), io::Failure::Kind::reset);
}

TEST(Fault, OfTheOtherDirectionCountsTheBytesOfThatDirection) {
  Pair pair(1, with({.kind = Fault::Kind::end, .direction = Direction::to_client, .at = 2}));
  const WriteProbe up(*pair.ends.client, "abcdef");
  const WriteProbe down(*pair.ends.server, "abcdef");
  const ReadProbe at_server(*pair.ends.server);
  const ReadProbe at_client(*pair.ends.client);
  pair.world.run();
  EXPECT_EQ(at_server.bytes(), "abcdef");
  EXPECT_EQ(at_client.bytes(), "ab");
}

TEST(Faults, DescribeThemselvesInOneLine) {
  Faults faults;
  EXPECT_EQ(faults.describe(), "no faults");
  faults.list = {{.kind = Fault::Kind::reset, .at = 118, .after = seconds(3)},
                 {.kind = Fault::Kind::stall, .direction = Direction::to_client, .at = 7},
                 {.kind = Fault::Kind::freeze, .at = 0, .lasts = minutes(1)},
                 {.kind = Fault::Kind::insert, .at = 5, .value = 0x0D},
                 {.kind = Fault::Kind::flip, .at = 6, .value = 0x20}};
  EXPECT_EQ(faults.describe(),
            "reset at byte 118 to the server after 3.000000 s, "
            "stall for ever at byte 7 to the client, "
            "freeze for 60.000000 s at byte 0 to the server, "
            "insert \\x0D at byte 5 to the server, flip bits 20 at byte 6 to the server");
}

TEST(Faults, AreDrawnOfEveryKindAtEveryByteAndCorruptOnlyWhereAllowed) {
  Random random(1);
  std::set<Fault::Kind> kinds;
  std::set<std::uint64_t> positions;
  for (int i = 0; i < 3000; ++i) {
    const Faults::Draw limits{
        .bytes_to_server = 50, .bytes_to_client = 50, .corruption = i >= 1500};
    const Faults faults = Faults::draw(random, limits);
    ASSERT_GE(faults.list.size(), 1U);
    ASSERT_LE(faults.list.size(), 3U);
    for (const Fault& fault : faults.list) {
      ASSERT_LE(fault.at, 50U);
      ASSERT_FALSE(fault.kind == Fault::Kind::flip && fault.value == 0);
      kinds.insert(fault.kind);
      positions.insert(fault.at);
    }
    if (i == 1499) {
      EXPECT_EQ(kinds.size(), 5U);
      EXPECT_FALSE(kinds.contains(Fault::Kind::insert) || kinds.contains(Fault::Kind::flip));
    }
  }
  EXPECT_EQ(kinds.size(), 7U);
  EXPECT_EQ(positions.size(), 51U);
}

}  // namespace
}  // namespace truerelay::simulation
