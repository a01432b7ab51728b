#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "base/redacted.h"

namespace truerelay::oauth {

// Enough of a secret to know it again within this process, so that none is kept for that alone. Two
// secrets have the same one by a chance of 2^-64.
using Fingerprint = std::size_t;

inline Fingerprint fingerprint_of(const Redacted& secret) {
  return std::hash<std::string_view>()(secret.reveal());
}

}  // namespace truerelay::oauth
