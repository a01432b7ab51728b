#pragma once

// Which sanitizer watches this program: what it cannot stand beside, or could not see through, is
// left out then.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TRUERELAY_ADDRESS_SANITIZER true
#endif
#if __has_feature(thread_sanitizer)
#define TRUERELAY_THREAD_SANITIZER true
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define TRUERELAY_ADDRESS_SANITIZER true
#endif
#if defined(__SANITIZE_THREAD__)
#define TRUERELAY_THREAD_SANITIZER true
#endif
#if !defined(TRUERELAY_ADDRESS_SANITIZER)
#define TRUERELAY_ADDRESS_SANITIZER false
#endif
#if !defined(TRUERELAY_THREAD_SANITIZER)
#define TRUERELAY_THREAD_SANITIZER false
#endif
