#pragma once

#include <string_view>

#include "base/redacted.h"

namespace truerelay::vault {

// What is kept of a local user's password: Argon2id (RFC 9106) with 19 MiB and 2 passes, in the
// usual text form, which names its parameters. Each takes some ten milliseconds of the processor.
// Throws std::bad_alloc where the machine has not the memory.
[[nodiscard]] Redacted hash_password(std::string_view password);

// Whether `hash` is one of `password`.
[[nodiscard]] bool password_fits(std::string_view hash, std::string_view password);

// A hash that no password fits and that takes as long to find out: for users that there are not.
[[nodiscard]] Redacted hash_of_nobody();

}  // namespace truerelay::vault
