#pragma once

#include <optional>
#include <string_view>

#include "io/clock.h"

namespace truerelay::http {

// Longer than any server has a reason to ask for; what asks for more is taken as this.
inline constexpr io::Duration kLongestRetryAfter = std::chrono::hours(24);

// The value of a Retry-After field (RFC 9110 section 10.2.3): seconds, or a date in any of the
// three forms of section 5.6.7. How long after `now` that is, not less than nothing.
[[nodiscard]] std::optional<io::Duration> parse_retry_after(std::string_view value,
                                                            io::WallTime now);

}  // namespace truerelay::http
