#pragma once

#include "base/thread_sanitizer.h"

namespace truerelay {

// A sanitizer keeps what is freed, to watch it: how much memory there is then says nothing.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kMemoryIsKept = true;
#elif defined(__has_feature)
inline constexpr bool kMemoryIsKept =
    __has_feature(address_sanitizer) || TRUERELAY_THREAD_SANITIZER;
#else
inline constexpr bool kMemoryIsKept = TRUERELAY_THREAD_SANITIZER;
#endif

}  // namespace truerelay
