#pragma once

#include "base/sanitizers.h"

namespace truerelay {

// A sanitizer keeps what is freed, to watch it: how much memory there is then says nothing.
inline constexpr bool kMemoryIsKept = TRUERELAY_ADDRESS_SANITIZER || TRUERELAY_THREAD_SANITIZER;

}  // namespace truerelay
