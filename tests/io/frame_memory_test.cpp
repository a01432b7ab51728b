#include "io/frame_memory.h"

#include <gtest/gtest.h>

#include <coroutine>
#include <cstring>
#include <set>
#include <thread>
#include <vector>

#include "base/sanitizers.h"
#include "io/scope.h"
#include "io/task.h"
#include "tests/io/manual_loop.h"

namespace truerelay::io {
namespace {

using truerelay::testing::ManualLoop;

class FrameMemory : public ::testing::Test {
 protected:
  void SetUp() override {
    if (TRUERELAY_ADDRESS_SANITIZER) {
      GTEST_SKIP() << "Nothing is kept under AddressSanitizer.";
    }
  }
};

TEST_F(FrameMemory, WhatWasLeftLastIsTakenFirst) {
  void* const first = take_frame_memory(3000);
  void* const second = take_frame_memory(3000);
  give_back_frame_memory(first, 3000);
  give_back_frame_memory(second, 3000);
  EXPECT_EQ(take_frame_memory(3000), second);
  EXPECT_EQ(take_frame_memory(2900), first) << "of about that size";
  give_back_frame_memory(first, 2900);
  give_back_frame_memory(second, 3000);
}

TEST_F(FrameMemory, IsAsLargeAsWasAskedForWhateverWasThereBefore) {
  for (std::size_t size = 1; size < 30'000; size += 37) {
    void* const memory = take_frame_memory(size);
    std::memset(memory, 0x5A, size);
    give_back_frame_memory(memory, size);
  }
}

TEST_F(FrameMemory, OnlyAFewOfASizeAreKept) {
  std::vector<void*> taken;
  for (int i = 0; i < 1000; ++i) {
    taken.push_back(take_frame_memory(7000));
  }
  for (void* const memory : taken) {
    give_back_frame_memory(memory, 7000);
  }
  // The last ones given back are freed, not kept.
  const std::set<void*> kept(taken.begin(), taken.begin() + 16);
  for (int i = 0; i < 16; ++i) {
    void* const memory = take_frame_memory(7000);
    EXPECT_TRUE(kept.contains(memory));
    ::operator delete(memory);
  }
}

TEST_F(FrameMemory, AThreadMayGiveBackWhatAnotherOneTook) {
  void* const memory = take_frame_memory(5000);
  std::thread([memory] {
    give_back_frame_memory(memory, 5000);
    EXPECT_EQ(take_frame_memory(5000), memory);
    give_back_frame_memory(memory, 5000);
  }).join();
}

struct NotesTheFrame {
  std::set<void*>& places;
  bool await_ready() const { return false; }
  bool await_suspend(std::coroutine_handle<> frame) const {
    places.insert(frame.address());
    return false;
  }
  void await_resume() const {}
};

Task<void> note_own_frame(std::set<void*>& places) { co_await NotesTheFrame{places}; }

TEST_F(FrameMemory, TheNextTaskOfAKindHasThePlaceOfTheLast) {
  ManualLoop loop;
  std::set<void*> places;
  Scope scope(loop);
  for (int i = 0; i < 10; ++i) {
    scope.spawn(note_own_frame(places));
    loop.run_jobs();
  }
  EXPECT_EQ(places.size(), 1U);
}

}  // namespace
}  // namespace truerelay::io
