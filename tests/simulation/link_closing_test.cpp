// The ends of a link: half-close, close and destruction, seen from both sides.

#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "tests/simulation/link.h"
#include "tests/simulation/probe.h"

namespace truerelay::simulation {
namespace {

using Kind = io::Failure::Kind;

constexpr std::uint64_t kSeeds = 100;

LinkOptions window_of_one() {
  LinkOptions options;
  options.conditions.to_server.window = 1;
  options.conditions.to_client.window = 1;
  return options;
}

TEST(LinkShutdown, EndsTheStreamAfterTheWriteThatIsUnderWay) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    Pair pair(seed, window_of_one());
    const WriteProbe write(*pair.ends.client, "all of this");
    pair.ends.client->shutdown();
    io::Scope scope(pair.world);
    Received received;
    scope.spawn(receive_all(*pair.ends.server, received));
    pair.world.run();
    EXPECT_TRUE(write.succeeded());
    EXPECT_EQ(received.bytes, "all of this");
    EXPECT_TRUE(received.finished);
    EXPECT_FALSE(received.failure);
  }
}

TEST(LinkShutdown, LeavesTheOtherDirectionOpen) {
  Pair pair(1);
  pair.ends.client->shutdown();
  pair.world.run();
  const WriteProbe answer(*pair.ends.server, "221 bye\r\n");
  const ReadProbe read(*pair.ends.client);
  pair.world.run();
  EXPECT_TRUE(answer.succeeded());
  EXPECT_EQ(read.bytes(), "221 bye\r\n");
}

TEST(LinkShutdown, TheEndOfTheStreamIsSeenAgainAndAgain) {
  Pair pair(1);
  pair.ends.client->shutdown();
  pair.ends.client->shutdown();
  for (int i = 0; i < 10; ++i) {
    const ReadProbe read(*pair.ends.server);
    pair.world.run();
    EXPECT_TRUE(read.at_end());
  }
}

TEST(LinkShutdown, TheEndComesWithTheLastBytesOrByItself) {
  int together = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    Pair pair(seed);
    const WriteProbe write(*pair.ends.client, "QUIT\r\n");
    pair.ends.client->shutdown();
    const ReadProbe bytes(*pair.ends.server);
    pair.world.run_until([&bytes] { return bytes.done(); });
    const ReadProbe end(*pair.ends.server);
    pair.world.run_until_idle();
    together += end.at_end() ? 1 : 0;
    pair.world.run();
    EXPECT_TRUE(end.at_end());
  }
  EXPECT_GT(together, 25);
  EXPECT_LT(together, 75);
}

TEST(LinkShutdown, TakesNoMoreWrites) {
  Pair pair(1);
  pair.ends.client->shutdown();
  const WriteProbe write(*pair.ends.client, "x");
  pair.world.run();
  EXPECT_EQ(write.failure(), Kind::cancelled);
}

TEST(LinkClose, CancelsWhatIsUnderWayFromTheLoop) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    Pair pair(seed, window_of_one());
    const ReadProbe read(*pair.ends.client);
    const WriteProbe write(*pair.ends.client, "more than the window");
    pair.ends.client->close();
    EXPECT_FALSE(read.done());
    EXPECT_FALSE(write.done());
    pair.world.run_until_idle();
    EXPECT_EQ(read.failure(), Kind::cancelled);
    EXPECT_EQ(write.failure(), Kind::cancelled);
    const ReadProbe later(*pair.ends.client);
    const WriteProbe too_late(*pair.ends.client, "x");
    pair.world.run_until_idle();
    EXPECT_EQ(later.failure(), Kind::cancelled);
    EXPECT_EQ(too_late.failure(), Kind::cancelled);
  }
}

TEST(LinkClose, CancelsACompletionThatHasNotRunYet) {
  int seen = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    Pair pair(seed);
    const WriteProbe write(*pair.ends.client, "x");
    if (!write.done()) {
      ++seen;
      pair.ends.client->close();
      pair.world.run_until_idle();
      EXPECT_EQ(write.failure(), Kind::cancelled);
    }
  }
  EXPECT_GT(seen, 0);
}

TEST(LinkClose, ThePeerStillGetsWhatWasAcceptedAndThenTheEnd) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    Pair pair(seed);
    const WriteProbe write(*pair.ends.client, "QUIT\r\n");
    pair.ends.client.reset();
    io::Scope scope(pair.world);
    Received received;
    scope.spawn(receive_all(*pair.ends.server, received));
    pair.world.run();
    EXPECT_EQ(received.bytes, "QUIT\r\n");
    EXPECT_TRUE(received.finished);
    EXPECT_FALSE(received.failure);
  }
}

TEST(LinkClose, WithBytesUnreadResetsThePeer) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    Pair pair(seed);
    const WriteProbe write(*pair.ends.server, "220 welcome\r\n");
    pair.world.run();
    pair.ends.client->close();
    const ReadProbe read(*pair.ends.server);
    pair.world.run();
    EXPECT_EQ(read.failure(), Kind::reset);
  }
}

TEST(LinkClose, AnswersLaterBytesWithAReset) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    Pair pair(seed);
    pair.ends.client.reset();
    pair.world.run();
    const ReadProbe end(*pair.ends.server);
    const WriteProbe unheard(*pair.ends.server, "250 ok\r\n");
    pair.world.run();
    EXPECT_TRUE(end.at_end());
    EXPECT_TRUE(unheard.succeeded());
    const WriteProbe refused(*pair.ends.server, "250 ok\r\n");
    const ReadProbe broken(*pair.ends.server);
    pair.world.run();
    EXPECT_EQ(refused.failure(), Kind::reset);
    EXPECT_EQ(broken.failure(), Kind::reset);
  }
}

TEST(LinkClose, FreesAWriterThatWaitedForThePeerToRead) {
  Pair pair(1, window_of_one());
  const WriteProbe write(*pair.ends.server, "more than the window");
  pair.world.run();
  EXPECT_FALSE(write.done());
  pair.ends.client->close();
  pair.world.run();
  EXPECT_EQ(write.failure(), Kind::reset);
}

TEST(LinkDestruction, NeverCompletesWhatIsUnderWay) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    Pair pair(seed, window_of_one());
    const ReadProbe read(*pair.ends.client);
    const WriteProbe write(*pair.ends.client, "more than the window");
    pair.ends.client.reset();
    pair.world.run();
    EXPECT_FALSE(read.done());
    EXPECT_FALSE(write.done());
  }
}

TEST(LinkDestruction, TakesBackACompletionThatHasNotRunYet) {
  int seen = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    Pair pair(seed);
    const ReadProbe read(*pair.ends.client);
    const WriteProbe write(*pair.ends.client, "x");
    const bool done_at_once = write.done();
    pair.ends.client->close();
    pair.ends.client.reset();
    pair.world.run();
    EXPECT_FALSE(read.done());
    EXPECT_EQ(write.done(), done_at_once);
    seen += done_at_once ? 0 : 1;
  }
  EXPECT_GT(seen, 0);
}

TEST(LinkDestruction, MayHappenInsideACompletion) {
  Pair pair(1);
  Buffer buffer;
  io::ReadOperation read(buffer, 100);
  read.then([](void* stream) { static_cast<std::unique_ptr<io::Stream>*>(stream)->reset(); },
            &pair.ends.server);
  ASSERT_FALSE(pair.ends.server->start(read));
  const WriteProbe write(*pair.ends.client, "x");
  pair.world.run();
  EXPECT_EQ(pair.ends.server, nullptr);
  EXPECT_EQ(buffer.readable(), "x");
}

}  // namespace
}  // namespace truerelay::simulation
