// What completes at once must not grow the stack: a client that pipelines a million commands makes
// the session await a million tasks and reads without one turn of the loop in between. That must
// hold without optimisation and under the sanitizers too.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "io/event.h"
#include "io/scope.h"
#include "io/stream.h"
#include "io/task.h"
#include "tests/io/manual_loop.h"

namespace truerelay::io {
namespace {

using truerelay::testing::ManualLoop;

constexpr int kTimes = 1'000'000;
// What the deepest call may need, sanitizers included; a leak of one byte a round shows.
constexpr std::uintptr_t kMost = 64 * 1024;

// How far apart the frames were in which it was called.
class Depth {
 public:
  void look() {
    const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    lowest_ = std::min(lowest_, here);
    highest_ = std::max(highest_, here);
  }
  [[nodiscard]] std::uintptr_t spread() const { return highest_ - lowest_; }

 private:
  std::uintptr_t lowest_ = UINTPTR_MAX;
  std::uintptr_t highest_ = 0;
};

Task<int> leaf(int value, Depth& depth) {
  depth.look();
  co_return value;
}

Task<int> between(int value, Depth& depth) {
  const int result = co_await leaf(value, depth);
  co_return result;
}

Task<void> await_many(Depth& depth, std::int64_t& sum) {
  for (int i = 0; i < kTimes; ++i) {
    const int value = co_await between(i, depth);
    sum += value;
    depth.look();
  }
}

TEST(Stack, DoesNotGrowWithTasksThatCompleteAtOnce) {
  ManualLoop loop;
  Scope scope(loop);
  Depth depth;
  std::int64_t sum = 0;
  depth.look();
  scope.spawn(await_many(depth, sum));
  EXPECT_EQ(sum, std::int64_t{kTimes} * (kTimes - 1) / 2);
  EXPECT_LT(depth.spread(), kMost);
}

// Always has a byte, and always takes one.
class ReadyStream final : public Stream {
 public:
  explicit ReadyStream(Depth& depth) : depth_(depth) {}
  bool start(ReadOperation& operation) override {
    depth_.look();
    operation.into.append("x");
    operation.result = 1;
    return true;
  }
  bool start(WriteOperation&) override {
    depth_.look();
    return true;
  }
  void set_deadline(Time) override {}
  void shutdown() override {}
  void close() override {}

 private:
  Depth& depth_;
};

Task<void> read_many(Stream& stream, Depth& depth, std::int64_t& sum) {
  Buffer buffer;
  for (int i = 0; i < kTimes; ++i) {
    const Result<std::size_t> count = co_await stream.read(buffer);
    const Result<void> written = co_await stream.write(buffer.readable());
    sum += count.has_value() && written.has_value() ? 1 : 0;
    buffer.clear();
    depth.look();
  }
}

TEST(Stack, DoesNotGrowWithReadsAndWritesThatCompleteAtOnce) {
  ManualLoop loop;
  Scope scope(loop);
  Depth depth;
  ReadyStream stream(depth);
  std::int64_t sum = 0;
  depth.look();
  scope.spawn(read_many(stream, depth, sum));
  EXPECT_EQ(sum, kTimes);
  EXPECT_LT(depth.spread(), kMost);
}

// The same, resumed from the loop and then running on from inside a chain of tasks.
Task<void> wait_then_await_many(Event& event, Depth& depth, std::int64_t& sum) {
  co_await event.wait();
  co_await await_many(depth, sum);
}

TEST(Stack, DoesNotGrowAfterAResumptionFromTheLoop) {
  ManualLoop loop;
  Scope scope(loop);
  Event event(loop);
  Depth depth;
  std::int64_t sum = 0;
  scope.spawn(wait_then_await_many(event, depth, sum));
  event.notify();
  depth.look();
  loop.run_jobs();
  EXPECT_EQ(sum, std::int64_t{kTimes} * (kTimes - 1) / 2);
  EXPECT_LT(depth.spread(), kMost);
}

}  // namespace
}  // namespace truerelay::io
