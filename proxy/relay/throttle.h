#pragma once

#include <optional>

#include "smtp/reply.h"

namespace truerelay::relay {

// What an upstream finds too much.
enum class Throttle {
  connections,  // Too many messages of one login at once.
  rate,         // Too many messages of one login in a time.
  logins,       // Too many logins.
};

// Whether this reply says "too much of it" rather than "not this one", and too much of what: the
// answers of the large providers, by code, enhanced status code and words. Nothing was accepted by
// such an answer, so the message may be offered again (rules T4 and T5).
[[nodiscard]] std::optional<Throttle> throttle_in(const smtp::Reply& reply);

}  // namespace truerelay::relay
