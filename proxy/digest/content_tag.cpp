#include "digest/content_tag.h"

namespace truerelay::digest {
namespace {

constexpr std::size_t kAtOnce = 3 * kBlockSize;

}  // namespace

ContentTag::ContentTag(const Key& key) : key_(key), blocks_(key) { blocks_.field("content"); }

void ContentTag::take(std::string_view bytes) {
  size_ += bytes.size();
  while (!bytes.empty()) {
    if (partial_.empty() && bytes.size() >= kAtOnce) {
      take_three_blocks(bytes.substr(0, kAtOnce));
      bytes.remove_prefix(kAtOnce);
      continue;
    }
    const std::string_view more = bytes.substr(0, kAtOnce - partial_.size());
    partial_ += more;
    bytes.remove_prefix(more.size());
    if (partial_.size() == kAtOnce) {
      take_three_blocks(partial_);
      partial_.clear();
    }
  }
}

void ContentTag::take_three_blocks(std::string_view three_blocks) {
  for (const BlockHash& hash : hash_three_blocks(key_.for_content_, three_blocks)) {
    add(hash);
  }
}

void ContentTag::add(const BlockHash& hash) { blocks_.field({hash.data(), hash.size()}); }

ContentTag::Tag ContentTag::finish() {
  for (std::string_view rest = partial_; !rest.empty();) {
    const std::string_view block = rest.substr(0, kBlockSize);
    add(hash_block(key_.for_content_, block));
    rest.remove_prefix(block.size());
  }
  return blocks_.finish();
}

}  // namespace truerelay::digest
