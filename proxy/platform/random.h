#pragma once

#include <cstdint>

namespace truerelay::platform {

// 64 bits from the system's cryptographic generator: for session names and for spreading waits.
[[nodiscard]] std::uint64_t random_bits();

}  // namespace truerelay::platform
