#include "digest/block_hash.h"

#include <highwayhash/highwayhash_target.h>
#include <highwayhash/instruction_sets.h>

#include <bit>
#include <cassert>

#include "digest/three_blocks.h"

namespace truerelay::digest {

BlockHash hash_block(const HashKey& key, std::string_view block) {
  // The name is the library's. It picks the fastest code that the processor can run.
  const auto words = std::bit_cast<std::array<std::uint64_t, 4>>(key);
  alignas(32) const highwayhash::HHKey lanes = {words[0], words[1], words[2], words[3]};
  highwayhash::HHResult256 result;
  highwayhash::InstructionSets::Run<highwayhash::HighwayHash>(lanes, block.data(), block.size(),
                                                              &result);
  static_assert(sizeof result == sizeof(BlockHash));
  return std::bit_cast<BlockHash>(std::to_array(result));
}

std::array<BlockHash, 3> hash_three_blocks(const HashKey& key, std::string_view three_blocks) {
  assert(three_blocks.size() == 3 * kBlockSize);
#if HH_ARCH_X64
  if ((highwayhash::InstructionSets::Supported() & HH_TARGET_AVX2) != 0) {
    return hash_three_with_avx2(key, three_blocks.data());
  }
#endif
  return {hash_block(key, three_blocks.substr(0, kBlockSize)),
          hash_block(key, three_blocks.substr(kBlockSize, kBlockSize)),
          hash_block(key, three_blocks.substr(2 * kBlockSize))};
}

}  // namespace truerelay::digest
