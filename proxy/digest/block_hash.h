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

// The same of three whole blocks, at less than half of the cost: each step of the hash waits for
// the one before, and where the processor can do it (AVX2), three hashes fill each other's waiting.
// A fourth would find no room in the registers.
[[nodiscard]] std::array<BlockHash, 3> hash_three_blocks(const HashKey& key,
                                                         std::string_view three_blocks);

}  // namespace truerelay::digest
