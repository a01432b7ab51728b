#include "base/secret_memory.h"

#include <algorithm>
#include <functional>

namespace truerelay {
namespace {

// The first of `count` in a row that are free; the size of the set where there are none.
template <std::size_t kSize>
std::size_t first_free(const std::bitset<kSize>& taken, std::size_t count) {
  std::size_t free = 0;
  for (std::size_t i = 0; i < kSize; ++i) {
    free = taken[i] ? 0 : free + 1;
    if (free == count) {
      return i + 1 - count;
    }
  }
  return kSize;
}

template <std::size_t kSize>
void mark(std::bitset<kSize>& taken, std::size_t first, std::size_t count, bool as) {
  for (std::size_t i = first; i < first + count; ++i) {
    taken[i] = as;
  }
}

}  // namespace

// Never destroyed: secrets may outlive main().
SecretMemory& SecretMemory::of_this_process() {
  static SecretMemory& memory = *new SecretMemory;
  return memory;
}

std::span<char> SecretMemory::take(std::size_t size) {
  const std::size_t count = std::min((size + kUnit - 1) / kUnit, kUnits);
  const std::lock_guard lock(mutex_);
  auto block = blocks_.begin();
  std::size_t first = kUnits;
  for (; size <= kUnit * kUnits && block != blocks_.end(); ++block) {
    first = first_free(block->taken, count);
    if (first != kUnits) {
      break;
    }
  }
  if (first == kUnits) {
    block = blocks_.emplace(blocks_.end(), std::max(size, kUnit * kUnits));
    first = 0;
  }
  mark(block->taken, first, count, true);
  return {reinterpret_cast<char*>(block->bytes.bytes().data()) + first * kUnit, size};
}

void SecretMemory::give_back(std::span<char> room) noexcept {
  const std::lock_guard lock(mutex_);
  const auto block = std::ranges::find_if(blocks_, [&](Block& each) {
    const char* const begin = each.bytes.text().data();
    return std::less_equal<>()(begin, room.data()) &&
           std::less<>()(room.data(), begin + each.bytes.text().size());
  });
  std::ranges::fill(static_cast<std::span<volatile char>>(room), '\0');
  const auto first = static_cast<std::size_t>(room.data() - block->bytes.text().data()) / kUnit;
  mark(block->taken, first, std::min((room.size() + kUnit - 1) / kUnit, kUnits), false);
  if (block->taken.none() && blocks_.size() > 1) {
    blocks_.erase(block);
  }
}

std::size_t SecretMemory::blocks() const {
  const std::lock_guard lock(mutex_);
  return blocks_.size();
}

}  // namespace truerelay
