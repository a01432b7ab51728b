#include "digest/key.h"

#include <sodium.h>

#include <cstdint>
#include <cstdlib>

namespace truerelay::digest {
namespace {

static_assert(Key::kSize == crypto_kdf_KEYBYTES);

// Names the program that the derived keys are for.
constexpr char kContext[crypto_kdf_CONTEXTBYTES + 1] = "trelay01";

void derive(std::array<std::byte, Key::kSize>& into, std::uint64_t use,
            std::span<const std::byte, Key::kSize> secret) {
  crypto_kdf_derive_from_key(reinterpret_cast<unsigned char*>(into.data()), into.size(), use,
                             kContext, reinterpret_cast<const unsigned char*>(secret.data()));
}

}  // namespace

Key::Key(std::span<const std::byte, kSize> secret) {
  // Picks the fastest code that the processor can run; without it the hashes are right, but slow.
  // It may be called again, from any thread. As nothing here is hashed without a Key, no digest
  // comes before it.
  if (sodium_init() < 0) {
    std::abort();
  }
  derive(for_fields_, 1, secret);
  derive(for_content_, 2, secret);
}

Key::~Key() {
  sodium_memzero(for_fields_.data(), for_fields_.size());
  sodium_memzero(for_content_.data(), for_content_.size());
}

}  // namespace truerelay::digest
