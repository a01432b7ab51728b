#include "base/redacted.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "base/secret_memory.h"

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

Redacted::Redacted(std::string secret) {
  if (!secret.empty()) {
    secret_ = SecretMemory::of_this_process().take(secret.size());
    std::ranges::copy(secret, secret_.begin());
  }
  truerelay::wipe(secret);
}

Redacted::Redacted(Redacted&& other) noexcept : secret_(std::exchange(other.secret_, {})) {}

Redacted& Redacted::operator=(Redacted&& other) noexcept {
  if (this != &other) {
    wipe();
    secret_ = std::exchange(other.secret_, {});
  }
  return *this;
}

void Redacted::wipe() noexcept {
  if (!secret_.empty()) {
    SecretMemory::of_this_process().give_back(std::exchange(secret_, {}));
  }
}

}  // namespace truerelay
