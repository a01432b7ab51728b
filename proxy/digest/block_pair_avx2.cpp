#include "digest/block_pair.h"

#if defined(__AVX2__)
#include <highwayhash/hh_avx2.h>

#include <cstring>

namespace truerelay::digest {
namespace {

using State = highwayhash::AVX2::HHStateAVX2;

BlockHash finish(State& state) {
  highwayhash::HHResult256 result;
  state.Finalize(&result);
  BlockHash hash;
  std::memcpy(hash.data(), result, sizeof result);
  return hash;
}

}  // namespace

std::array<BlockHash, 2> hash_pair_with_avx2(const HashKey& key, const char* two_blocks) {
  alignas(32) highwayhash::HHKey lanes;
  std::memcpy(lanes, key.data(), sizeof lanes);
  State first(lanes);
  State second(lanes);
  static_assert(kBlockSize % sizeof(highwayhash::HHPacket) == 0, "no remainder is left over");
  for (std::size_t at = 0; at < kBlockSize; at += sizeof(highwayhash::HHPacket)) {
    first.Update(*reinterpret_cast<const highwayhash::HHPacket*>(two_blocks + at));
    second.Update(*reinterpret_cast<const highwayhash::HHPacket*>(two_blocks + kBlockSize + at));
  }
  return {finish(first), finish(second)};
}

}  // namespace truerelay::digest
#endif
