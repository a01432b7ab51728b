#include "digest/block_hash.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace truerelay::digest {
namespace {

HashKey some_key() {
  HashKey key{};
  for (std::size_t i = 0; i < key.size(); ++i) {
    key[i] = static_cast<std::byte>(i);
  }
  return key;
}

TEST(BlockHash, OfThreeBlocksAtOnceIsThatOfEachOfThem) {
  std::string content(3 * kBlockSize, '\0');
  for (std::size_t i = 0; i < content.size(); ++i) {
    content[i] = static_cast<char>(i % 251);
  }
  const std::string_view blocks = content;
  const auto hashes = hash_three_blocks(some_key(), blocks);
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    EXPECT_EQ(hashes[i], hash_block(some_key(), blocks.substr(i * kBlockSize, kBlockSize))) << i;
  }
}

TEST(BlockHash, DependsOnTheKeyAndOnTheLength) {
  HashKey other = some_key();
  other.back() ^= std::byte{1};
  EXPECT_NE(hash_block(some_key(), "block"), hash_block(other, "block"));
  EXPECT_NE(hash_block(some_key(), "block"),
            hash_block(some_key(), std::string_view("block\0", 6)));
}

}  // namespace
}  // namespace truerelay::digest
