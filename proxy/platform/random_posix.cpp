#include <unistd.h>

#include <cstdlib>

#include "platform/random.h"

namespace truerelay::platform {

std::uint64_t random_bits() {
  std::uint64_t bits = 0;
  if (::getentropy(&bits, sizeof bits) != 0) {
    std::abort();  // A system without its generator: nothing that follows could be trusted.
  }
  return bits;
}

}  // namespace truerelay::platform
