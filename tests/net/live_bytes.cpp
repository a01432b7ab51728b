#include "tests/net/live_bytes.h"

#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

#include "base/sanitizers.h"

namespace {

// Atomic, for libuv's threads may allocate too.
std::atomic<std::size_t> live = 0;
std::atomic<std::size_t> peak = 0;

}  // namespace

#if !TRUERELAY_THREAD_SANITIZER
namespace {

void* counted(std::size_t size) {
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  live += ::malloc_usable_size(memory);
  peak = std::max(peak.load(), live.load());
  return memory;
}

void uncounted(void* memory) noexcept {
  if (memory != nullptr) {
    live -= ::malloc_usable_size(memory);
    std::free(memory);
  }
}

}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void operator delete(void* memory) noexcept { uncounted(memory); }
void operator delete[](void* memory) noexcept { uncounted(memory); }
void operator delete(void* memory, std::size_t) noexcept { uncounted(memory); }
void operator delete[](void* memory, std::size_t) noexcept { uncounted(memory); }
#endif

namespace truerelay::testing {

bool bytes_are_counted() { return !TRUERELAY_THREAD_SANITIZER; }
std::size_t live_bytes() { return live; }
std::size_t peak_bytes() { return peak; }
void forget_peak() { peak = live.load(); }

}  // namespace truerelay::testing
