#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/net/loopback.h"

namespace truerelay::net {
namespace {

using namespace std::chrono_literals;
using truerelay::testing::has_kind;
using truerelay::testing::Loopback;
using truerelay::testing::Pair;
using truerelay::testing::pause;
using truerelay::testing::Started;

using TcpStream = Loopback;

// Reads until there are `size` bytes, or until the end of the stream.
io::Task<std::string> read_bytes(io::Stream& stream, std::size_t size) {
  Buffer buffer;
  while (buffer.size() < size) {
    const io::Result<std::size_t> count = co_await stream.read(buffer, size - buffer.size());
    if (!count || *count == 0) {
      break;
    }
  }
  co_return std::string(buffer.readable());
}

io::Task<void> echo(io::Stream& stream) {
  Buffer buffer;
  while (true) {
    const io::Result<std::size_t> count = co_await stream.read(buffer);
    if (!count || *count == 0) {
      break;
    }
    const io::Result<void> written = co_await stream.write(buffer.readable());
    EXPECT_TRUE(written.has_value());
    buffer.clear();
  }
  stream.shutdown();
}

io::Task<void> say_and_hear(io::Stream& stream) {
  for (const std::string_view word : {"a", "longer", "\0zero", "\r\n"}) {
    const io::Result<void> written = co_await stream.write(word);
    EXPECT_TRUE(written.has_value());
    const std::string heard = co_await read_bytes(stream, word.size());
    EXPECT_EQ(heard, word);
  }
  stream.shutdown();
  Buffer rest;
  const io::Result<std::size_t> end = co_await stream.read(rest);
  EXPECT_EQ(end.value_or(99), 0U);
  const io::Result<std::size_t> still_the_end = co_await stream.read(rest);
  EXPECT_EQ(still_the_end.value_or(99), 0U);
}

TEST_F(TcpStream, CarriesBytesBothWays) {
  Pair pair = connect();
  scope.spawn(echo(*pair.server));
  run(say_and_hear(*pair.client));
}

io::Task<void> speak_after_the_others_end(Pair& pair) {
  const io::Result<void> asked = co_await pair.client->write("question");
  EXPECT_TRUE(asked.has_value());
  pair.client->shutdown();
  const std::string question = co_await read_bytes(*pair.server, 1000);
  EXPECT_EQ(question, "question");
  const io::Result<void> answered = co_await pair.server->write("answer");
  EXPECT_TRUE(answered.has_value());
  const std::string answer = co_await read_bytes(*pair.client, 6);
  EXPECT_EQ(answer, "answer");
  const io::Result<void> too_late = co_await pair.client->write("more");
  EXPECT_TRUE(has_kind(too_late, io::Failure::Kind::cancelled));
}

TEST_F(TcpStream, AnEndedStreamStillReads) {
  Pair pair = connect();
  run(speak_after_the_others_end(pair));
}

io::Task<void> read_little_by_little(Pair& pair, Loop& loop) {
  const io::Result<void> written = co_await pair.client->write("0123456789");
  EXPECT_TRUE(written.has_value());
  Buffer buffer;
  const io::Result<std::size_t> three = co_await pair.server->read(buffer, 3);
  EXPECT_EQ(three.value_or(0), 3U);
  // Nobody reads for a while; nothing is lost.
  co_await pause(loop, 20ms);
  const io::Result<void> more = co_await pair.client->write("abc");
  EXPECT_TRUE(more.has_value());
  co_await pause(loop, 20ms);
  const std::string rest = co_await read_bytes(*pair.server, 10);
  EXPECT_EQ(buffer.readable(), "012");
  EXPECT_EQ(rest, "3456789abc");
}

TEST_F(TcpStream, TakesNoMoreThanIsAskedForAndLosesNothing) {
  Pair pair = connect();
  run(read_little_by_little(pair, loop));
}

io::Task<void> end_while_nobody_reads(Pair& pair, Loop& loop) {
  const io::Result<void> written = co_await pair.client->write("last words");
  EXPECT_TRUE(written.has_value());
  Buffer buffer;
  const io::Result<std::size_t> first = co_await pair.server->read(buffer, 4);
  EXPECT_EQ(first.value_or(0), 4U);
  pair.client.reset();
  co_await pause(loop, 20ms);
  const std::string rest = co_await read_bytes(*pair.server, 100);
  EXPECT_EQ(rest, " words");
}

TEST_F(TcpStream, BytesBeforeTheEndAreReadAfterIt) {
  Pair pair = connect();
  run(end_while_nobody_reads(pair, loop));
}

io::Task<void> be_reset(Pair& pair) {
  const io::Result<void> written = co_await pair.client->write("never read");
  EXPECT_TRUE(written.has_value());
  pair.server.reset();  // With bytes unread: the system answers with a reset.
  Buffer buffer;
  const io::Result<std::size_t> count = co_await pair.client->read(buffer);
  EXPECT_TRUE(has_kind(count, io::Failure::Kind::reset));
  EXPECT_TRUE(buffer.empty());
  const io::Result<std::size_t> again = co_await pair.client->read(buffer);
  EXPECT_TRUE(has_kind(again, io::Failure::Kind::reset));
}

TEST_F(TcpStream, AResetFailsTheRead) {
  Pair pair = connect();
  run(be_reset(pair));
}

io::Task<void> write_to_nobody(Pair& pair, Loop& loop) {
  pair.server.reset();
  io::Result<void> written;
  for (int i = 0; i < 100 && written.has_value(); ++i) {
    written = co_await pair.client->write("is anybody there");
    co_await pause(loop, 1ms);
  }
  EXPECT_TRUE(has_kind(written, io::Failure::Kind::reset));
}

TEST_F(TcpStream, WritingToAPeerThatHasGoneFailsAndDoesNotEndTheProcess) {
  Pair pair = connect();
  run(write_to_nobody(pair, loop));
}

io::Task<void> write_nothing(Pair& pair) {
  const io::Result<void> written = co_await pair.client->write("");
  EXPECT_TRUE(written.has_value());
}

TEST_F(TcpStream, WritingNothingIsDoneAtOnce) {
  Pair pair = connect();
  run(write_nothing(pair));
}

TEST_F(TcpStream, AShortWriteIsDoneAtOnce) {
  Pair pair = connect();
  Started<io::WriteOperation> write("220 ready\r\n");
  EXPECT_TRUE(pair.client->start(write.operation));
  EXPECT_TRUE(write.operation.result.has_value());
}

// Byte i of a long body.
char body_byte(std::size_t i) { return static_cast<char>(i * 131 >> 3); }

constexpr std::size_t kBody = 64U << 20;
constexpr std::size_t kBlock = 1U << 20;

io::Task<void> write_body(io::Stream& stream, std::size_t& handed_on) {
  std::string block(kBlock, '\0');
  while (handed_on < kBody) {
    for (std::size_t i = 0; i < block.size(); ++i) {
      block[i] = body_byte(handed_on + i);
    }
    const io::Result<void> written = co_await stream.write(block);
    EXPECT_TRUE(written.has_value());
    handed_on += block.size();
  }
  stream.shutdown();
}

io::Task<void> read_body(io::Stream& stream, Loop& loop, const std::size_t& handed_on) {
  co_await pause(loop, 100ms);
  EXPECT_LT(handed_on, kBody);  // The writer waits as long as nobody reads.
  Buffer buffer;
  std::size_t received = 0;
  std::size_t wrong = 0;
  while (true) {
    const io::Result<std::size_t> count = co_await stream.read(buffer);
    EXPECT_TRUE(count.has_value());
    if (!count || *count == 0) {
      break;
    }
    EXPECT_LE(buffer.size(), io::Stream::kReadSize);
    for (const char byte : buffer.readable()) {
      wrong += byte == body_byte(received++) ? 0 : 1;
    }
    buffer.clear();
    if (received % 1024 == 0) {
      co_await pause(loop, 100us);  // Slow, for a loopback.
    }
  }
  EXPECT_EQ(received, kBody);
  EXPECT_EQ(wrong, 0U);
}

TEST_F(TcpStream, ALongBodyArrivesWholeAtASlowReader) {
  Pair pair = connect();
  std::size_t handed_on = 0;
  scope.spawn(write_body(*pair.client, handed_on));
  run(read_body(*pair.server, loop, handed_on));
  EXPECT_EQ(handed_on, kBody);
}

io::Task<void> write_then_end_while_it_waits(Pair& pair) {
  const std::string body(32U << 20, 'x');
  Started<io::WriteOperation> write{std::string_view(body)};
  EXPECT_FALSE(pair.client->start(write.operation));
  pair.client->shutdown();  // After everything written, the write under way included.
  const std::string received = co_await read_bytes(*pair.server, body.size() + 1);
  EXPECT_EQ(received.size(), body.size());
  EXPECT_TRUE(write.done);
  EXPECT_TRUE(write.operation.result.has_value());
}

TEST_F(TcpStream, ShutdownWaitsForTheWriteUnderWay) {
  Pair pair = connect();
  run(write_then_end_while_it_waits(pair));
}

}  // namespace
}  // namespace truerelay::net
