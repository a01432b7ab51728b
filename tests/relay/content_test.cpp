#include "relay/content.h"

#include <gtest/gtest.h>

#include <string>

#include "io/scope.h"
#include "tests/simulation/memory_scratch.h"
#include "tests/simulation/probe.h"
#include "tests/simulation/world.h"

namespace truerelay::relay {
namespace {

constexpr std::size_t kMost = 1000;

class ContentTest : public ::testing::Test {
 protected:
  void append(Content& content, std::string_view bytes) {
    content.incoming().append(bytes);
    scope.spawn(content.keep());
    world.run_until_idle();
  }
  // All that is to be sent, in parts of a size of their own.
  std::string send_all(Content& content) {
    std::string all;
    while (true) {
      while (!content.unsent().empty()) {
        const std::string part(content.unsent().substr(0, 700));
        all += part;
        content.sent(part.size());
      }
      if (!content.in_scratch()) {
        return all;
      }
      bool back = false;
      scope.spawn(bring_back(content, back));
      world.run_until_idle();
      if (!back) {
        return all;
      }
    }
  }
  static io::Task<void> bring_back(Content& content, bool& back) {
    const bool done = co_await content.bring_back();
    back = done;
  }

  simulation::World world{1};
  io::Scope scope{world};
  ReplayMemory memory;
  simulation::MemoryScratches disk;
  const std::string text = simulation::numbered_text(200'000);
};

TEST_F(ContentTest, AShortOneCanBeSentAgainFromItsBeginningAsOftenAsNeeded) {
  Content content(memory, kMost, nullptr);
  append(content, text.substr(0, 400));
  EXPECT_EQ(send_all(content), text.substr(0, 400));
  append(content, text.substr(400, 600));
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(content.whole());
    content.rewind();
    EXPECT_EQ(send_all(content), text.substr(0, 1000));
  }
}

TEST_F(ContentTest, OneOctetBeyondTheLimitIsNotWholeOnceAPartIsSent) {
  Content content(memory, kMost, nullptr);
  append(content, text.substr(0, 1000));
  content.sent(10);
  append(content, text.substr(1000, 1));
  EXPECT_FALSE(content.whole());
  EXPECT_EQ(send_all(content), text.substr(10, 991));
}

TEST_F(ContentTest, WhatIsNotKeptIsWholeUntilAPartOfItIsSent) {
  Content content(memory, 0, nullptr);
  append(content, text.substr(0, 5000));
  EXPECT_TRUE(content.whole());
  content.sent(1);
  EXPECT_FALSE(content.whole());
}

TEST_F(ContentTest, TheMemoryOfAllMessagesTogetherIsBoundedAndGivenBack) {
  constexpr std::uint64_t kAll = 32ULL * 1024 * 1024;
  {
    Content first(memory, kAll, nullptr);
    append(first, text);
    EXPECT_TRUE(memory.take(kAll - text.size()));
    Content second(memory, kAll, nullptr);
    append(second, "x");
    second.sent(1);
    EXPECT_FALSE(second.whole()) << "there was nothing left for it";
    EXPECT_TRUE(first.whole());
    memory.give_back(kAll - text.size());
  }
  EXPECT_TRUE(memory.take(kAll));
  EXPECT_FALSE(memory.take(1));
}

TEST_F(ContentTest, WhatOutgrowsItsLimitGivesItsMemoryBackAtOnce) {
  constexpr std::uint64_t kAll = 32ULL * 1024 * 1024;
  Content content(memory, kMost, nullptr);
  append(content, text.substr(0, 1000));
  EXPECT_FALSE(memory.take(kAll));
  append(content, text.substr(1000, 1000));
  EXPECT_TRUE(memory.take(kAll));
}

TEST_F(ContentTest, ALongOneComesBackFromTheScratchFileWholeAndInOrder) {
  Content content(memory, kMost, &disk);
  append(content, text.substr(0, 900));
  content.sent(500);
  append(content, text.substr(900, 100'000));
  EXPECT_EQ(send_all(content), text.substr(500, 100'400));
  append(content, text.substr(100'900, 50'000));
  content.sent(20'000);
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(content.whole());
    content.rewind();
    EXPECT_EQ(send_all(content), text.substr(0, 150'900));
  }
  append(content, text.substr(150'900));
  content.rewind();
  EXPECT_EQ(send_all(content), text);
}

TEST_F(ContentTest, AShortOneNeverTouchesTheDisk) {
  Content content(memory, kMost, &disk);
  append(content, text.substr(0, 1000));
  send_all(content);
  content.rewind();
  EXPECT_EQ(disk.made, 0U);
}

// The beginning was dropped because the file had it; then the file goes.
TEST_F(ContentTest, WhenTheDiskFillsUpAfterAPartWasSentItIsNotWholeAnyMore) {
  disk.room = 100'000;
  Content content(memory, kMost, &disk);
  append(content, text.substr(0, 90'000));
  EXPECT_EQ(send_all(content), text.substr(0, 90'000));
  EXPECT_TRUE(content.whole());
  append(content, text.substr(90'000, 50'000));
  EXPECT_FALSE(content.whole());
  EXPECT_EQ(send_all(content), text.substr(90'000, 50'000)) << "it can still be sent on";
}

TEST_F(ContentTest, WhenTheDiskIsFullBeforeAnythingWasSentAllIsStillHere) {
  disk.room = 10;
  Content content(memory, kMost, &disk);
  append(content, text.substr(0, 5000));
  EXPECT_TRUE(content.whole());
  content.rewind();
  EXPECT_EQ(send_all(content), text.substr(0, 5000));
  EXPECT_FALSE(content.whole());
}

}  // namespace
}  // namespace truerelay::relay
