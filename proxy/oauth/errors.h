#pragma once

#include <string_view>

#include "oauth/failure.h"

namespace truerelay::oauth {

// What a provider's error means: one table from its code (RFC 6749 section 5.2, RFC 8628 section
// 3.5) and, where it is Microsoft's, the number AADSTS... in its description, to cause and remedy.
// An error that is not in the table is taken for a temporary one.
// `words` are the provider's own, fit to be shown, or empty.
[[nodiscard]] TokenFailure failure_of(std::string_view error, std::string_view description,
                                      std::string_view words);

// The number in "AADSTS7000222: The provided client secret keys ...", or 0.
[[nodiscard]] unsigned long aadsts_number(std::string_view description);

}  // namespace truerelay::oauth
