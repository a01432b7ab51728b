#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "digest/key.h"

namespace truerelay::digest {

// The content of a message is hashed in blocks of this size.
constexpr std::size_t kBlockSize = std::size_t{16} * 1024;

using BlockHash = std::array<char, 32>;
using HashKey = std::array<std::byte, Key::kSize>;

// HighwayHash with 256 bits of `block`, whatever its size, under the key.
[[nodiscard]] BlockHash hash_block(const HashKey& key, std::string_view block);

// The same of two whole blocks, at less than the cost of both: each step of the hash waits for the
// one before, and where the processor can do it (AVX2), two hashes fill each other's waiting.
[[nodiscard]] std::array<BlockHash, 2> hash_two_blocks(const HashKey& key,
                                                       std::string_view two_blocks);

}  // namespace truerelay::digest
