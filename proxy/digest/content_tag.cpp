#include "digest/content_tag.h"

#include <highwayhash/highwayhash_target.h>
#include <highwayhash/instruction_sets.h>

#include <algorithm>
#include <cstring>

namespace truerelay::digest {

ContentTag::ContentTag(const Key& key) : key_(key), blocks_(key) { blocks_.field("content"); }

void ContentTag::take(std::string_view bytes) {
  size_ += bytes.size();
  while (!bytes.empty()) {
    if (partial_.empty() && bytes.size() >= kBlock) {
      take_block(bytes.substr(0, kBlock));
      bytes.remove_prefix(kBlock);
      continue;
    }
    const std::string_view more = bytes.substr(0, kBlock - partial_.size());
    partial_ += more;
    bytes.remove_prefix(more.size());
    if (partial_.size() == kBlock) {
      take_block(partial_);
      partial_.clear();
    }
  }
}

void ContentTag::take_block(std::string_view block) {
  // The name is the library's. It picks the fastest code that the processor can run.
  alignas(32) highwayhash::HHKey key;
  static_assert(sizeof key == Key::kSize);
  std::memcpy(key, key_.for_content_.data(), sizeof key);
  highwayhash::HHResult256 result;
  highwayhash::InstructionSets::Run<highwayhash::HighwayHash>(key, block.data(), block.size(),
                                                              &result);
  blocks_.field({reinterpret_cast<const char*>(result), sizeof result});
}

ContentTag::Tag ContentTag::finish() {
  if (!partial_.empty()) {
    take_block(partial_);
  }
  return blocks_.finish();
}

}  // namespace truerelay::digest
