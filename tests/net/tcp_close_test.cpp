// Closing and destroying a stream, and destroying an operation, while something is under way.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/net/loopback.h"

namespace truerelay::net {
namespace {

using namespace std::chrono_literals;
using truerelay::testing::has_kind;
using truerelay::testing::Loopback;
using truerelay::testing::Pair;
using truerelay::testing::pause;
using truerelay::testing::Started;

using ReadStarted = Started<io::ReadOperation>;
using WriteStarted = Started<io::WriteOperation>;

// More than the system buffers between the two ends.
const std::string& endless() {
  static const std::string bytes(64U << 20, 'x');
  return bytes;
}

class TcpClose : public Loopback {
 public:
  TcpClose() : pair(connect()) {}

  // A read and a write that wait.
  void start_both() {
    ASSERT_FALSE(pair.client->start(read.operation));
    ASSERT_FALSE(pair.client->start(write.operation));
  }

  Pair pair;
  Buffer buffer;
  ReadStarted read{buffer, 1000U};
  WriteStarted write{std::string_view(endless())};
};

TEST_F(TcpClose, CompletesWhatIsUnderWayWithCancelledFromTheLoop) {
  start_both();
  pair.client->close();
  EXPECT_FALSE(read.done);
  EXPECT_FALSE(write.done);
  run(pause(loop, 1ms));
  EXPECT_TRUE(read.done);
  EXPECT_TRUE(write.done);
  EXPECT_TRUE(has_kind(read.operation.result, io::Failure::Kind::cancelled));
  EXPECT_TRUE(has_kind(write.operation.result, io::Failure::Kind::cancelled));
}

TEST_F(TcpClose, WhatIsStartedAfterwardsIsCancelledAtOnce) {
  pair.client->close();
  pair.client->close();
  pair.client->shutdown();
  pair.client->set_deadline(loop.now());
  EXPECT_TRUE(pair.client->start(read.operation));
  EXPECT_TRUE(pair.client->start(write.operation));
  EXPECT_TRUE(has_kind(read.operation.result, io::Failure::Kind::cancelled));
  EXPECT_TRUE(has_kind(write.operation.result, io::Failure::Kind::cancelled));
}

TEST_F(TcpClose, AReaderMayDestroyTheStreamWithAWriteUnderWay) {
  start_both();
  read.operation.then(
      [](void* self) {
        auto* test = static_cast<TcpClose*>(self);
        test->read.done = true;
        test->pair.client.reset();
      },
      this);
  pair.client->close();
  run(pause(loop, 1ms));
  EXPECT_TRUE(read.done);
  EXPECT_FALSE(write.done);
}

TEST_F(TcpClose, ADestroyedStreamCompletesNothing) {
  start_both();
  pair.client.reset();
  run(pause(loop, 10ms));
  EXPECT_FALSE(read.done);
  EXPECT_FALSE(write.done);
}

TEST_F(TcpClose, AStreamThatIsDestroyedAfterCloseCompletesNothing) {
  start_both();
  pair.client->close();
  pair.client.reset();
  run(pause(loop, 10ms));
  EXPECT_FALSE(read.done);
  EXPECT_FALSE(write.done);
}

io::Task<void> write_and_wait(io::Stream& stream, std::string bytes, Loop& loop) {
  const io::Result<void> written = co_await stream.write(bytes);
  EXPECT_TRUE(written.has_value());
  co_await pause(loop, 10ms);
}

TEST_F(TcpClose, ADestroyedReadNeverCompletesAndItsBytesAreForTheNext) {
  {
    ReadStarted forgotten(buffer, 1000U);
    ASSERT_FALSE(pair.client->start(forgotten.operation));
  }
  run(write_and_wait(*pair.server, "hello", loop));
  EXPECT_TRUE(buffer.empty());
  ASSERT_FALSE(pair.client->start(read.operation));
  run(pause(loop, 10ms));
  EXPECT_TRUE(read.done);
  EXPECT_EQ(buffer.readable(), "hello");
}

TEST_F(TcpClose, ADestroyedWriteNeverCompletes) {
  {
    WriteStarted forgotten{std::string_view(endless())};
    ASSERT_FALSE(pair.client->start(forgotten.operation));
  }
  ASSERT_FALSE(pair.client->start(read.operation));
  run(write_and_wait(*pair.server, "hello", loop));
  EXPECT_TRUE(read.done);  // The stream itself goes on.
}

TEST_F(TcpClose, AReadMayOutliveItsStreamAndAStreamItsRead) {
  auto outlived = std::make_unique<ReadStarted>(buffer, 1000U);
  ASSERT_FALSE(pair.client->start(outlived->operation));
  pair.client.reset();
  outlived.reset();
  auto shorter = std::make_unique<ReadStarted>(buffer, 1000U);
  ASSERT_FALSE(pair.server->start(shorter->operation));
  shorter.reset();
  pair.server.reset();
  run(pause(loop, 1ms));
  EXPECT_TRUE(buffer.empty());
}

io::Task<void> read_then_destroy(Pair& pair, bool& finished) {
  Buffer buffer;
  const io::Result<std::size_t> count = co_await pair.client->read(buffer);
  EXPECT_TRUE(count.has_value());
  pair.client.reset();  // Inside of what the stream's own callback resumed.
  finished = true;
}

TEST_F(TcpClose, ACoroutineMayDestroyTheStreamThatResumedIt) {
  bool finished = false;
  scope.spawn(read_then_destroy(pair, finished));
  run(write_and_wait(*pair.server, "go", loop));
  EXPECT_TRUE(finished);
}

}  // namespace
}  // namespace truerelay::net
