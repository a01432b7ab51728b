#pragma once

// Whether ThreadSanitizer watches this program: what it cannot stand beside is left out then.
#if defined(__SANITIZE_THREAD__)
#define TRUERELAY_THREAD_SANITIZER true
#elif defined(__has_feature)
#define TRUERELAY_THREAD_SANITIZER __has_feature(thread_sanitizer)
#else
#define TRUERELAY_THREAD_SANITIZER false
#endif
