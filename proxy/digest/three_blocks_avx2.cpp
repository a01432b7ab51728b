#include "digest/three_blocks.h"

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

std::array<BlockHash, 3> hash_three_with_avx2(const HashKey& key, const char* three_blocks) {
  alignas(32) highwayhash::HHKey lanes;
  std::memcpy(lanes, key.data(), sizeof lanes);
  State first(lanes);
  State second(lanes);
  State third(lanes);
  static_assert(kBlockSize % sizeof(highwayhash::HHPacket) == 0, "no remainder is left over");
  for (std::size_t at = 0; at < kBlockSize; at += sizeof(highwayhash::HHPacket)) {
    const char* packet = three_blocks + at;
    first.Update(*reinterpret_cast<const highwayhash::HHPacket*>(packet));
    second.Update(*reinterpret_cast<const highwayhash::HHPacket*>(packet + kBlockSize));
    third.Update(*reinterpret_cast<const highwayhash::HHPacket*>(packet + 2 * kBlockSize));
  }
  return {finish(first), finish(second), finish(third)};
}

}  // namespace truerelay::digest
#endif
