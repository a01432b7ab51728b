#include "base/secret_memory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <thread>
#include <vector>

namespace truerelay {
namespace {

constexpr std::size_t kBlock = std::size_t{16} * 1024;

TEST(SecretMemory, IsWipedWhenItIsGivenBack) {
  SecretMemory memory;
  const std::span<char> kept = memory.take(1);
  const std::span<char> room = memory.take(1000);
  std::ranges::fill(room, 'x');
  memory.give_back(room);
  EXPECT_EQ(std::ranges::count(room, '\0'), 1000) << "its block is there for the other one still";
  memory.give_back(kept);
}

TEST(SecretMemory, TakesABlockMoreWhenThereIsNoRoomAndGivesItBack) {
  SecretMemory memory;
  EXPECT_EQ(memory.blocks(), 0U);
  std::vector<std::span<char>> rooms;
  for (int i = 0; i < 257; ++i) {
    rooms.push_back(memory.take(64));
  }
  EXPECT_EQ(memory.blocks(), 2U);
  rooms.push_back(memory.take(kBlock));
  rooms.push_back(memory.take(kBlock + 1));
  EXPECT_EQ(memory.blocks(), 4U);
  for (const std::span<char> room : rooms) {
    memory.give_back(room);
  }
  EXPECT_EQ(memory.blocks(), 1U) << "one is kept, for there will be another secret";
}

TEST(SecretMemory, TakesWhatWasGivenBackBeforeMore) {
  SecretMemory memory;
  const std::span<char> first = memory.take(kBlock / 2);
  const std::span<char> second = memory.take(kBlock / 2);
  memory.give_back(first);
  const std::span<char> third = memory.take(100);
  const std::span<char> fourth = memory.take(100);
  EXPECT_EQ(third.data(), first.data());
  EXPECT_EQ(memory.blocks(), 1U);
  for (const std::span<char> room : {second, third, fourth}) {
    memory.give_back(room);
  }
}

// Rooms of all sizes, each filled with its own octet, come and go in a random order.
void come_and_go(SecretMemory& memory, std::uint64_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  std::vector<std::span<char>> rooms;
  for (int i = 0; i < 3000; ++i) {
    if (rooms.size() < 40 && random() % 2 == 0) {
      const std::span<char> room = memory.take(1 + random() % (random() % 20 == 0 ? 40'000 : 900));
      EXPECT_EQ(std::ranges::count(room, '\0'), std::ssize(room)) << "nothing is left behind";
      std::ranges::fill(room, static_cast<char>(1 + random() % 200));
      rooms.push_back(room);
    } else if (!rooms.empty()) {
      std::swap(rooms[random() % rooms.size()], rooms.back());
      const std::span<char> room = rooms.back();
      EXPECT_EQ(std::ranges::count(room, room.front()), std::ssize(room)) << "nobody else was here";
      memory.give_back(room);
      rooms.pop_back();
    }
  }
  for (const std::span<char> room : rooms) {
    memory.give_back(room);
  }
}

TEST(SecretMemory, GivesEachSecretRoomOfItsOwn) {
  SecretMemory memory;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    come_and_go(memory, seed);
  }
}

TEST(SecretMemory, ServesSeveralThreads) {
  SecretMemory memory;
  std::vector<std::jthread> threads;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    threads.emplace_back([&memory, seed] { come_and_go(memory, seed); });
  }
  threads.clear();
  EXPECT_EQ(memory.blocks(), 1U);
}

}  // namespace
}  // namespace truerelay
