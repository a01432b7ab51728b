#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace truerelay::simulation {

// Memory for the bytes of a stream between two of its positions, used over and over. It grows to
// what was held at most, so that a link costs an allocation or two and none for each byte.
class Ring {
 public:
  // Places `bytes` at position `end`. The ring holds [begin, end), and afterwards these as well.
  void put(std::uint64_t begin, std::uint64_t end, std::string_view bytes) {
    reserve(begin, end, static_cast<std::size_t>(end - begin) + bytes.size());
    const std::size_t first = std::min(bytes.size(), capacity_ - index(end));
    if (first > 0) {
      std::memcpy(memory_.get() + index(end), bytes.data(), first);
      std::memcpy(memory_.get(), bytes.data() + first, bytes.size() - first);
    }
  }

  // What is held from `begin` on and lies together in memory: at most `count` bytes, at least 1 if
  // `count` is. Good until the next put().
  [[nodiscard]] std::string_view at(std::uint64_t begin, std::size_t count) const {
    if (count == 0) {
      return {};
    }
    return {memory_.get() + index(begin), std::min(count, capacity_ - index(begin))};
  }

 private:
  static constexpr std::size_t kLeast = 256;

  [[nodiscard]] std::size_t index(std::uint64_t position) const {
    return static_cast<std::size_t>(position) & (capacity_ - 1);
  }

  void reserve(std::uint64_t begin, std::uint64_t end, std::size_t needed) {
    if (needed <= capacity_) {
      return;
    }
    Ring larger;
    larger.capacity_ = std::max(kLeast, std::bit_ceil(needed));
    larger.memory_ = std::make_unique_for_overwrite<char[]>(larger.capacity_);
    while (begin < end) {
      const std::string_view part = at(begin, static_cast<std::size_t>(end - begin));
      larger.put(begin, begin, part);
      begin += part.size();
    }
    std::swap(memory_, larger.memory_);
    std::swap(capacity_, larger.capacity_);
  }

  std::unique_ptr<char[]> memory_;
  std::size_t capacity_ = 0;  // 0 or a power of two
};

}  // namespace truerelay::simulation
