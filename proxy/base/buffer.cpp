#include "base/buffer.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace truerelay {

std::span<char> Buffer::writable(std::size_t at_least) {
  if (capacity_ - end_ < at_least) {
    const std::size_t held = size();
    if (held + at_least <= capacity_ && begin_ >= held) {
      std::memcpy(memory_.get(), memory_.get() + begin_, held);
    } else {
      const std::size_t grown = std::max(held + at_least, held * 2);
      auto larger = std::make_unique_for_overwrite<char[]>(grown);
      if (held > 0) {
        std::memcpy(larger.get(), memory_.get() + begin_, held);
      }
      memory_ = std::move(larger);
      capacity_ = grown;
    }
    begin_ = 0;
    end_ = held;
  }
  return {memory_.get() + end_, capacity_ - end_};
}

void Buffer::append(std::string_view bytes) {
  if (bytes.empty()) {
    return;
  }
  std::memcpy(writable(bytes.size()).data(), bytes.data(), bytes.size());
  commit(bytes.size());
}

void Buffer::consume(std::size_t count) {
  assert(count <= size());
  begin_ += count;
  if (begin_ == end_) {
    memory_.reset();
    capacity_ = begin_ = end_ = 0;
  }
}

}  // namespace truerelay
