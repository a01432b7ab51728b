#pragma once

namespace truerelay {

// A sanitizer keeps what is freed, to watch it: how much memory there is then says nothing.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kMemoryIsKept = true;
#elif defined(__has_feature)
inline constexpr bool kMemoryIsKept =
    __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
inline constexpr bool kMemoryIsKept = false;
#endif

}  // namespace truerelay
