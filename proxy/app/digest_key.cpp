#include "app/digest_key.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/redacted.h"
#include "platform/random.h"

namespace truerelay::app {

digest::Key draw_key() {
  std::string secret(digest::Key::kSize, '\0');
  for (std::size_t at = 0; at < secret.size(); at += sizeof(std::uint64_t)) {
    const std::uint64_t bits = platform::random_bits();
    std::memcpy(secret.data() + at, &bits, sizeof bits);
  }
  digest::Key key(std::as_bytes(std::span<const char, digest::Key::kSize>(secret)));
  wipe(secret);
  return key;
}

}  // namespace truerelay::app
