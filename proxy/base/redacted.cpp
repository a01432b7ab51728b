#include "base/redacted.h"

#include <atomic>

namespace truerelay {

void wipe(std::string& text) noexcept {
  text.resize(text.capacity());  // No allocation: the capacity is there.
  volatile char* bytes = text.data();
  for (std::size_t i = 0; i < text.size(); ++i) {
    bytes[i] = 0;
  }
  std::atomic_signal_fence(std::memory_order_seq_cst);
  text.clear();
}

// Short strings are copied when they are moved, so that what was handed in is wiped, too.
Redacted::Redacted(std::string secret) : secret_(secret) { truerelay::wipe(secret); }

Redacted::Redacted(Redacted&& other) noexcept : secret_(other.secret_) { other.wipe(); }

Redacted& Redacted::operator=(Redacted&& other) noexcept {
  if (this != &other) {
    wipe();
    secret_ = other.secret_;
    other.wipe();
  }
  return *this;
}

void Redacted::wipe() noexcept { truerelay::wipe(secret_); }

}  // namespace truerelay
