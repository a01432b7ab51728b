#pragma once

// Whether ThreadSanitizer watches this program: what it cannot stand beside is left out then.
#if defined(__SANITIZE_THREAD__)
#define TRUERELAY_THREAD_SANITIZER true
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TRUERELAY_THREAD_SANITIZER true
#endif
#endif
#if !defined(TRUERELAY_THREAD_SANITIZER)
#define TRUERELAY_THREAD_SANITIZER false
#endif
