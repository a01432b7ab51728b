#include "base/buffer.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cstring>

namespace truerelay {

std::span<char> Buffer::writable(std::size_t at_least) {
  if (capacity_ - end_ < at_least) {
    const std::size_t held = size();
    if (front_ + held + at_least <= capacity_ && begin_ >= front_ + held) {
      std::memcpy(memory_.get() + front_, memory_.get() + begin_, held);
    } else {
      const std::size_t grown = front_ + std::max(held + at_least, held * 2);
      auto larger = std::make_unique_for_overwrite<char[]>(grown);
      if (held > 0) {
        std::memcpy(larger.get() + front_, memory_.get() + begin_, held);
      }
      memory_ = std::move(larger);
      capacity_ = grown;
    }
    begin_ = front_;
    end_ = front_ + held;
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

bool Buffer::prepend(std::string_view bytes) {
  if (bytes.size() > begin_) {
    return false;
  }
  begin_ -= bytes.size();
  std::memcpy(memory_.get() + begin_, bytes.data(), bytes.size());
  return true;
}

void Buffer::consume(std::size_t count) {
  assert(count <= size());
  begin_ += count;
  if (begin_ == end_) {
    memory_.reset();
    capacity_ = begin_ = end_ = 0;
  }
}

void Buffer::wipe() noexcept {
  volatile char* bytes = memory_.get();
  for (std::size_t i = 0; i < capacity_; ++i) {
    bytes[i] = 0;
  }
  std::atomic_signal_fence(std::memory_order_seq_cst);
  clear();
}

}  // namespace truerelay
