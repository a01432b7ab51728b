#pragma once

#include <array>

#include "digest/block_hash.h"

namespace truerelay::digest {

// hash_three_blocks() for processors with AVX2: in a file of its own, which is compiled for them.
// Only on x86-64.
[[nodiscard]] std::array<BlockHash, 3> hash_three_with_avx2(const HashKey& key,
                                                            const char* three_blocks);

}  // namespace truerelay::digest
