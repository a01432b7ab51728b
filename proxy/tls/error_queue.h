#pragma once

#include <string>
#include <string_view>

namespace truerelay::tls {

// BoringSSL reports errors in a queue of the thread. Whoever sees a call fail takes the reason from
// here at once, before another coroutine runs, so that no stale entry is blamed on a later call.

// Why the last call failed, in BoringSSL's words made readable ("key values mismatch"); empties the
// queue.
[[nodiscard]] std::string take_error_reason();

// BoringSSL writes KEY_VALUES_MISMATCH.
[[nodiscard]] std::string words_of(std::string_view reason);

}  // namespace truerelay::tls
