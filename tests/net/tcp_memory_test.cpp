// What connections cost while nothing happens on them, and while much does.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "tests/net/live_bytes.h"
#include "tests/net/loopback.h"

namespace truerelay::net {
namespace {

using namespace std::chrono_literals;
using truerelay::testing::bytes_are_counted;
using truerelay::testing::forget_peak;
using truerelay::testing::live_bytes;
using truerelay::testing::Loopback;
using truerelay::testing::Pair;
using truerelay::testing::pause;
using truerelay::testing::peak_bytes;
using truerelay::testing::Started;

class TcpMemory : public Loopback {
 protected:
  void SetUp() override {
    if (!bytes_are_counted()) {
      GTEST_SKIP() << "ThreadSanitizer has an operator new of its own, which does not count.";
    }
  }
};

TEST_F(TcpMemory, AnIdleConnectionIsSmallAlsoWhileItWaitsForBytes) {
  connect();  // What is allocated once.
  constexpr std::size_t kPairs = 100;
  std::vector<Pair> pairs;
  pairs.reserve(kPairs);
  const std::size_t before = live_bytes();
  for (std::size_t i = 0; i < kPairs; ++i) {
    pairs.push_back(connect());
  }
  run(pause(loop, 5ms));
  const std::size_t each = (live_bytes() - before) / (2 * kPairs);
  RecordProperty("bytes_per_connection", static_cast<int>(each));
  EXPECT_LE(each, 512U);

  std::vector<std::unique_ptr<Buffer>> buffers;
  std::vector<std::unique_ptr<Started<io::ReadOperation>>> reads;
  for (const Pair& pair : pairs) {
    buffers.push_back(std::make_unique<Buffer>());
    reads.push_back(
        std::make_unique<Started<io::ReadOperation>>(*buffers.back(), io::Stream::kReadSize));
    ASSERT_FALSE(pair.server->start(reads.back()->operation));
  }
  const std::size_t waiting = live_bytes();
  run(pause(loop, 5ms));
  EXPECT_LE(live_bytes(), waiting);
}

io::Task<void> move_a_body(Pair& pair, Loop& loop) {
  const std::string body(64U << 20, 'x');
  forget_peak();
  const std::size_t before = live_bytes();
  Started<io::WriteOperation> write{std::string_view(body)};
  EXPECT_FALSE(pair.client->start(write.operation));
  co_await pause(loop, 20ms);
  Buffer buffer;
  std::size_t received = 0;
  while (received < body.size()) {
    const io::Result<std::size_t> count = co_await pair.server->read(buffer);
    if (!count || *count == 0) {
      break;
    }
    received += *count;
    buffer.clear();
  }
  EXPECT_EQ(received, body.size());
  // One piece of the write, one buffer of the read, and change.
  EXPECT_LE(peak_bytes() - before, 256U * 1024);
  co_await pause(loop, 1ms);
  EXPECT_TRUE(write.done);
}

TEST_F(TcpMemory, AWriteHoldsNoMoreThanOnePieceOfWhatThePeerDoesNotTake) {
  Pair pair = connect();
  run(move_a_body(pair, loop));
}

io::Task<void> read_a_line(Pair& pair, Buffer& into) {
  const io::Result<void> written = co_await pair.client->write("AUTH PLAIN c2VjcmV0\r\n");
  EXPECT_TRUE(written.has_value());
  const io::Result<std::size_t> count = co_await pair.server->read(into);
  EXPECT_EQ(count.value_or(0), 21U);
}

TEST_F(TcpMemory, ALineTakesLittleMoreThanItIsLong) {
  Pair pair = connect();
  Buffer into;
  run(read_a_line(pair, into));  // What is allocated once.
  into.clear();
  const std::size_t before = live_bytes();
  run(read_a_line(pair, into));
  EXPECT_LE(live_bytes() - before, 64U);
}

TEST_F(TcpMemory, OfALineNothingStaysBehindButInTheReadersBuffer) {
  Pair pair = connect();
  Buffer into;
  run(read_a_line(pair, into));
  EXPECT_EQ(into.readable(), "AUTH PLAIN c2VjcmV0\r\n");
  EXPECT_TRUE(std::ranges::all_of(loop.room_for_a_little(), [](char c) { return c == '\0'; }));
}

}  // namespace
}  // namespace truerelay::net
