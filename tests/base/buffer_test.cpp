#include "base/buffer.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <utility>

namespace truerelay {
namespace {

TEST(Buffer, GivesBytesInTheOrderInWhichTheyCame) {
  Buffer buffer;
  EXPECT_TRUE(buffer.empty());
  buffer.append("ab");
  buffer.append("");
  buffer.append("cd");
  EXPECT_EQ(buffer.readable(), "abcd");
  buffer.consume(3);
  EXPECT_EQ(buffer.readable(), "d");
  buffer.append("ef");
  EXPECT_EQ(buffer.readable(), "def");
}

TEST(Buffer, HoldsWhatWasCommittedAndNoMore) {
  Buffer buffer;
  const std::span<char> room = buffer.writable(10);
  ASSERT_GE(room.size(), 10U);
  std::memcpy(room.data(), "hello", 5);
  EXPECT_TRUE(buffer.empty());
  buffer.commit(5);
  EXPECT_EQ(buffer.readable(), "hello");
}

TEST(Buffer, GivesItsMemoryBackWhenItBecomesEmpty) {
  Buffer buffer;
  buffer.append("abc");
  buffer.clear();
  EXPECT_TRUE(buffer.empty());
  EXPECT_EQ(buffer.readable().data(), nullptr);
  buffer.append("d");
  EXPECT_EQ(buffer.readable(), "d");
}

TEST(Buffer, LeavesNothingBehindWhenItMoves) {
  Buffer from;
  from.append("xabc");
  from.consume(1);
  Buffer to(std::move(from));
  EXPECT_EQ(to.readable(), "abc");
  EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): it is what is tested.
  from.append("new");         // NOLINT(clang-analyzer-cplusplus.Move)
  EXPECT_EQ(from.readable(), "new");
  to = std::move(from);
  EXPECT_EQ(to.readable(), "new");
  EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move)
}

TEST(Buffer, KeepsItsBytesThroughGrowthAndReuseOfItsFront) {
  Buffer buffer;
  std::string expected;
  std::size_t next = 0;
  for (std::size_t round = 1; round < 400; ++round) {
    std::string bytes;
    for (std::size_t i = 0; i < round % 37 + 1; ++i) {
      bytes += static_cast<char>('a' + next++ % 26);
    }
    buffer.append(bytes);
    expected += bytes;
    const std::size_t consumed = round % 23 < expected.size() ? round % 23 : expected.size();
    buffer.consume(consumed);
    expected.erase(0, consumed);
    ASSERT_EQ(buffer.readable(), expected) << round;
  }
}

TEST(Buffer, IsEmptyAndOfUseAfterItWasWiped) {
  Buffer buffer;
  buffer.wipe();
  buffer.append("secret");
  buffer.consume(2);
  buffer.wipe();
  EXPECT_TRUE(buffer.empty());
  buffer.append("new");
  EXPECT_EQ(buffer.readable(), "new");
}

}  // namespace
}  // namespace truerelay
