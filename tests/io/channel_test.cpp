#include "io/channel.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/scope.h"
#include "io/task.h"
#include "tests/io/manual_loop.h"

namespace truerelay {
namespace {

using io::Channel;
using testing::ManualLoop;

// A stream whose other end is the test: it brings bytes, ends and failures when it is told to.
class StagedStream final : public io::Stream {
 public:
  explicit StagedStream(ManualLoop& loop) : loop_(loop) {}

  bool start(io::ReadOperation& operation) override {
    if (!waiting_bytes_.empty()) {
      operation.into.append(waiting_bytes_);
      operation.result = waiting_bytes_.size();
      waiting_bytes_.clear();
      return true;
    }
    reading_ = &operation;
    return false;
  }
  bool start(io::WriteOperation& operation) override {
    written += operation.bytes;
    writing_ = slow ? &operation : nullptr;
    return !slow;
  }
  void set_deadline(io::Time time) override { deadlines.push_back(time); }
  void shutdown() override {}
  void close() override { closed = true; }

  // Bytes that arrive later, while a read is under way.
  void bring(std::string_view bytes) {
    reading_->into.append(bytes);
    complete(bytes.size());
  }
  // Bytes that are there before anybody asks.
  void have(std::string_view bytes) { waiting_bytes_ = bytes; }
  void end() { complete(std::size_t{0}); }
  void fail() { complete(io::fail(io::Failure::Kind::reset, "it broke")); }
  [[nodiscard]] bool reading() const { return reading_ != nullptr; }
  // What is being written is taken.
  void take() { loop_.post(*std::exchange(writing_, nullptr)); }

  std::string written;
  std::vector<io::Time> deadlines;
  bool slow = false;  // Writes wait for take().
  bool closed = false;

 private:
  void complete(io::Result<std::size_t> result) {
    io::ReadOperation& operation = *std::exchange(reading_, nullptr);
    operation.result = std::move(result);
    loop_.post(operation);
  }

  ManualLoop& loop_;
  io::ReadOperation* reading_ = nullptr;
  io::WriteOperation* writing_ = nullptr;
  std::string waiting_bytes_;
};

class ChannelTest : public ::testing::Test {
 protected:
  ChannelTest() {
    auto stream = std::make_unique<StagedStream>(loop);
    peer = stream.get();
    channel.emplace(loop, loop, std::move(stream));
  }

  // Starts a wait of at most a minute; arrival is set when it ends.
  void begin_to_wait() { scope.spawn(wait_for_arrival()); }

  io::Task<void> wait_for_arrival() {
    const Channel::Arrival came = co_await channel->wait(loop.now() + std::chrono::minutes(1));
    arrival = came;
  }

  ManualLoop loop;
  io::Scope scope{loop};
  StagedStream* peer = nullptr;
  std::optional<Channel> channel;
  std::optional<Channel::Arrival> arrival;
};

TEST_F(ChannelTest, AWaitEndsWithTheBytesThatArrive) {
  begin_to_wait();
  EXPECT_FALSE(arrival);
  peer->bring("EHLO");
  loop.run_jobs();
  EXPECT_EQ(arrival, Channel::Arrival::bytes);
  EXPECT_EQ(channel->buffer().readable(), "EHLO");
}

TEST_F(ChannelTest, AWaitEndsAtOnceWhereBytesAreThere) {
  peer->have("EHLO");
  begin_to_wait();
  EXPECT_EQ(arrival, Channel::Arrival::bytes);
}

TEST_F(ChannelTest, AWaitThatTimesOutLeavesTheStreamAndItsReadIntact) {
  begin_to_wait();
  loop.advance(std::chrono::minutes(2));
  EXPECT_EQ(arrival, Channel::Arrival::timed_out);
  EXPECT_FALSE(peer->closed);
  EXPECT_TRUE(peer->reading());

  arrival.reset();
  peer->bring("late");
  loop.run_jobs();
  begin_to_wait();
  EXPECT_EQ(arrival, Channel::Arrival::bytes);
  EXPECT_EQ(channel->buffer().readable(), "late");
}

TEST_F(ChannelTest, TheEndOfTheStreamIsToldByEveryLaterWait) {
  begin_to_wait();
  peer->end();
  loop.run_jobs();
  EXPECT_EQ(arrival, Channel::Arrival::end);
  EXPECT_TRUE(channel->ended());
  arrival.reset();
  begin_to_wait();
  EXPECT_EQ(arrival, Channel::Arrival::end);
}

TEST_F(ChannelTest, AFailureIsToldByEveryLaterWait) {
  begin_to_wait();
  peer->fail();
  loop.run_jobs();
  EXPECT_EQ(arrival, Channel::Arrival::failed);
  arrival.reset();
  begin_to_wait();
  EXPECT_EQ(arrival, Channel::Arrival::failed);
  ASSERT_NE(channel->failure(), nullptr);
  EXPECT_EQ(channel->failure()->detail, "it broke");
}

TEST_F(ChannelTest, AnInterruptionEndsTheWaitUnderWay) {
  begin_to_wait();
  channel->interrupt();
  loop.run_jobs();
  EXPECT_EQ(arrival, Channel::Arrival::interrupted);
  EXPECT_TRUE(peer->reading());
}

TEST_F(ChannelTest, AnInterruptionWhileNobodyWaitsEndsTheNextWait) {
  channel->interrupt();
  begin_to_wait();
  EXPECT_EQ(arrival, Channel::Arrival::interrupted);
  arrival.reset();
  begin_to_wait();
  EXPECT_FALSE(arrival);
  peer->end();
  loop.run_jobs();
}

TEST_F(ChannelTest, AReadAheadThatEndsWhileNobodyWaitsIsNoticed) {
  int noticed = 0;
  channel->when_read_ahead([](void* count) { ++*static_cast<int*>(count); }, &noticed);
  EXPECT_TRUE(channel->read_ahead());
  EXPECT_TRUE(channel->read_ahead()) << "it is the same read";
  peer->bring("x");
  loop.run_jobs();
  EXPECT_EQ(noticed, 1);
}

TEST_F(ChannelTest, AReadAheadThatEndsAtOnceSaysSoAndIsNotNoticed) {
  int noticed = 0;
  channel->when_read_ahead([](void* count) { ++*static_cast<int*>(count); }, &noticed);
  peer->have("x");
  EXPECT_FALSE(channel->read_ahead());
  EXPECT_EQ(noticed, 0);
  EXPECT_EQ(channel->buffer().readable(), "x");
}

TEST_F(ChannelTest, BytesThatCameBeforeTheEndAreToldBeforeTheEnd) {
  channel->read_ahead();
  peer->bring("the last bytes");
  loop.run_jobs();
  channel->read_ahead();
  peer->end();
  loop.run_jobs();
  begin_to_wait();
  EXPECT_EQ(arrival, Channel::Arrival::bytes);
  begin_to_wait();
  EXPECT_EQ(arrival, Channel::Arrival::end);
}

TEST_F(ChannelTest, AnInterruptionIsNotLostToBytesThatComeAfterIt) {
  channel->read_ahead();
  channel->interrupt();
  peer->bring("x");
  loop.run_jobs();
  begin_to_wait();
  EXPECT_EQ(arrival, Channel::Arrival::interrupted);
  EXPECT_EQ(channel->buffer().readable(), "x");
}

io::Task<void> write_ok(Channel& out, io::Time until) { co_await out.write("250 ok\r\n", until); }

TEST_F(ChannelTest, TheDeadlineOfAWriteEndsWithIt) {
  const io::Time deadline = loop.now() + std::chrono::seconds(5);
  peer->slow = true;
  scope.spawn(write_ok(*channel, deadline));
  EXPECT_EQ(peer->written, "250 ok\r\n");
  EXPECT_EQ(peer->deadlines, std::vector{deadline});
  peer->take();
  loop.run_jobs();
  EXPECT_EQ(peer->deadlines, (std::vector{deadline, io::Time::max()}));
}

TEST_F(ChannelTest, AWriteThatIsDoneAtOnceNeedsNoDeadline) {
  scope.spawn(write_ok(*channel, loop.now() + std::chrono::seconds(5)));
  EXPECT_EQ(peer->written, "250 ok\r\n");
  EXPECT_TRUE(peer->deadlines.empty());
}

TEST_F(ChannelTest, AStreamThatIsHandedOutAndTakenInAgainGoesOn) {
  begin_to_wait();
  peer->bring("STARTTLS");
  loop.run_jobs();
  std::unique_ptr<io::Stream> plain = channel->release();
  channel->adopt(std::move(plain));
  arrival.reset();
  begin_to_wait();
  peer->bring("EHLO");
  loop.run_jobs();
  EXPECT_EQ(channel->buffer().readable(), "STARTTLSEHLO");
}

}  // namespace
}  // namespace truerelay
