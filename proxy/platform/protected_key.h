#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "base/redacted.h"

namespace truerelay::platform {

// What of a key goes to a file, and back.
//
// Where the system can bind a key to a user or a machine, the file holds nothing that would be of
// use elsewhere (DPAPI on Windows). On POSIX systems there is no such thing, both are the key
// itself, and the permissions of the file protect it. On failure: a sentence.
[[nodiscard]] std::expected<Redacted, std::string> protect_key(std::string_view key);
[[nodiscard]] std::expected<Redacted, std::string> unprotect_key(std::string_view stored);

}  // namespace truerelay::platform
