#include "io/frame_memory.h"

#include <array>
#include <new>
#include <utility>

#include "base/sanitizers.h"

namespace truerelay::io {
namespace {

// Sizes that are alike share what is kept.
constexpr std::size_t kStep = 256;
// The frame that relays a body, with all that is folded into it, has 18 KiB.
constexpr std::size_t kLargest = std::size_t{20} * 1024;
// Of the two dozen sizes that there are, less than a MiB in all.
constexpr unsigned kMostOfASize = TRUERELAY_ADDRESS_SANITIZER ? 0 : 16;

// What is kept of one size, the last one first.
class Shelf {
 public:
  constexpr Shelf() = default;
  Shelf(const Shelf&) = delete;
  Shelf& operator=(const Shelf&) = delete;
  ~Shelf() {
    while (first_ != nullptr) {
      ::operator delete(take());
    }
  }

  [[nodiscard]] bool empty() const { return first_ == nullptr; }
  [[nodiscard]] bool full() const { return count_ == kMostOfASize; }
  void* take() {
    --count_;
    return std::exchange(first_, first_->next);
  }
  void put(void* memory) {
    first_ = new (memory) Left{first_};
    ++count_;
  }

 private:
  struct Left {
    Left* next;
  };

  Left* first_ = nullptr;
  unsigned count_ = 0;
};

constexpr std::size_t steps(std::size_t size) { return (size + kStep - 1) / kStep; }

thread_local constinit std::array<Shelf, steps(kLargest) + 1> shelves;

}  // namespace

void* take_frame_memory(std::size_t size) {
  const std::size_t wanted = steps(size);
  if (wanted < shelves.size() && !shelves[wanted].empty()) {
    return shelves[wanted].take();
  }
  return ::operator new(wanted * kStep);
}

void give_back_frame_memory(void* frame, std::size_t size) noexcept {
  const std::size_t had = steps(size);
  if (had < shelves.size() && !shelves[had].full()) {
    shelves[had].put(frame);
  } else {
    ::operator delete(frame);
  }
}

}  // namespace truerelay::io
