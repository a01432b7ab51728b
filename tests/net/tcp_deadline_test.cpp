#include <gtest/gtest.h>

#include <string>

#include "tests/net/loopback.h"

namespace truerelay::net {
namespace {

using namespace std::chrono_literals;
using truerelay::testing::has_kind;
using truerelay::testing::Loopback;
using truerelay::testing::Pair;
using truerelay::testing::pause;

using TcpDeadline = Loopback;

io::Task<void> read_in_vain(Pair& pair, Loop& loop) {
  const io::Time deadline = loop.now() + 20ms;
  pair.client->set_deadline(deadline);
  Buffer buffer;
  const io::Result<std::size_t> count = co_await pair.client->read(buffer);
  EXPECT_TRUE(has_kind(count, io::Failure::Kind::timed_out));
  EXPECT_GE(loop.now(), deadline);
  const io::Result<std::size_t> later = co_await pair.client->read(buffer);
  EXPECT_TRUE(has_kind(later, io::Failure::Kind::timed_out));
  const io::Result<void> written = co_await pair.client->write("x");
  EXPECT_TRUE(has_kind(written, io::Failure::Kind::timed_out));
  pair.client->close();  // Closed is closed: why stays.
  const io::Result<void> after_close = co_await pair.client->write("x");
  EXPECT_TRUE(has_kind(after_close, io::Failure::Kind::timed_out));
}

io::Task<void> see_the_end(io::Stream& stream) {
  Buffer buffer;
  const io::Result<std::size_t> count = co_await stream.read(buffer);
  EXPECT_EQ(count.value_or(99), 0U);
}

TEST_F(TcpDeadline, EndsAReadAndAllThatFollows) {
  Pair pair = connect();
  run(read_in_vain(pair, loop));
  run(see_the_end(*pair.server));  // The connection was closed, too.
}

io::Task<void> write_in_vain(Pair& pair, Loop& loop) {
  const std::string body(64U << 20, 'x');
  pair.client->set_deadline(loop.now() + 50ms);
  const io::Result<void> written = co_await pair.client->write(body);
  EXPECT_TRUE(has_kind(written, io::Failure::Kind::timed_out));
}

TEST_F(TcpDeadline, EndsAWriteToAPeerThatDoesNotRead) {
  Pair pair = connect();
  run(write_in_vain(pair, loop));
}

io::Task<void> read_until_end(io::Stream& stream, io::Failure::Kind& kind) {
  Buffer buffer;
  const io::Result<std::size_t> count = co_await stream.read(buffer);
  EXPECT_FALSE(count.has_value());
  if (!count) {
    kind = count.error().kind;
  }
}

TEST_F(TcpDeadline, EndsAReadAndAWriteThatWaitTogether) {
  Pair pair = connect();
  io::Failure::Kind kind = io::Failure::Kind::closed;
  scope.spawn(read_until_end(*pair.client, kind));
  run(write_in_vain(pair, loop));
  run(pause(loop, 1ms));
  EXPECT_EQ(kind, io::Failure::Kind::timed_out);
}

io::Task<void> pass_while_idle(Pair& pair, Loop& loop) {
  pair.client->set_deadline(loop.now() + 5ms);
  co_await pause(loop, 20ms);
  const io::Result<void> written = co_await pair.client->write("x");
  EXPECT_TRUE(has_kind(written, io::Failure::Kind::timed_out));
}

TEST_F(TcpDeadline, ClosesAnIdleStreamToo) {
  Pair pair = connect();
  run(pass_while_idle(pair, loop));
}

io::Task<void> take_the_deadline_away(Pair& pair, Loop& loop) {
  pair.client->set_deadline(loop.now() + 5ms);
  pair.client->set_deadline(io::Time::max());
  co_await pause(loop, 20ms);
  const io::Result<void> written = co_await pair.client->write("x");
  EXPECT_TRUE(written.has_value());
  pair.client->set_deadline(loop.now() + 1h);
  co_await pause(loop, 5ms);
  const io::Result<void> again = co_await pair.client->write("x");
  EXPECT_TRUE(again.has_value());
}

TEST_F(TcpDeadline, CanBeMovedAndTakenAway) {
  Pair pair = connect();
  run(take_the_deadline_away(pair, loop));
}

}  // namespace
}  // namespace truerelay::net
