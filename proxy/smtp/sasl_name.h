#pragma once

#include <algorithm>
#include <string_view>

#include "base/ascii.h"

namespace truerelay::smtp {

// The name of a SASL mechanism (RFC 4422 section 3.1), small letters taken as well.
[[nodiscard]] inline bool sasl_name(std::string_view text) {
  return !text.empty() && text.size() <= 20 && std::ranges::all_of(text, [](char c) {
    return ascii_alpha(c) || ascii_digit(c) || c == '-' || c == '_';
  });
}

}  // namespace truerelay::smtp
