#pragma once

#include <cstddef>

namespace truerelay::testing {

// ThreadSanitizer brings an operator new that no other may stand beside: there it is false, and
// all that follows is 0.
[[nodiscard]] bool bytes_are_counted();

// What this program holds from operator new, now. One thread.
[[nodiscard]] std::size_t live_bytes();
// The most that it held since the last forget_peak().
[[nodiscard]] std::size_t peak_bytes();
void forget_peak();

}  // namespace truerelay::testing
