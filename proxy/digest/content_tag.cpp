#include "digest/content_tag.h"

namespace truerelay::digest {

ContentTag::ContentTag(const Key& key) : key_(key), blocks_(key) { blocks_.field("content"); }

void ContentTag::take(std::string_view bytes) {
  size_ += bytes.size();
  while (!bytes.empty()) {
    if (partial_.empty() && bytes.size() >= 3 * kBlockSize) {
      for (const BlockHash& hash :
           hash_three_blocks(key_.for_content_, bytes.substr(0, 3 * kBlockSize))) {
        add(hash);
      }
      bytes.remove_prefix(3 * kBlockSize);
      continue;
    }
    if (partial_.empty() && bytes.size() >= kBlockSize) {
      take_block(bytes.substr(0, kBlockSize));
      bytes.remove_prefix(kBlockSize);
      continue;
    }
    const std::string_view more = bytes.substr(0, kBlockSize - partial_.size());
    partial_ += more;
    bytes.remove_prefix(more.size());
    if (partial_.size() == kBlockSize) {
      take_block(partial_);
      partial_.clear();
    }
  }
}

void ContentTag::take_block(std::string_view block) { add(hash_block(key_.for_content_, block)); }

void ContentTag::add(const BlockHash& hash) { blocks_.field({hash.data(), hash.size()}); }

ContentTag::Tag ContentTag::finish() {
  if (!partial_.empty()) {
    take_block(partial_);
  }
  return blocks_.finish();
}

}  // namespace truerelay::digest
