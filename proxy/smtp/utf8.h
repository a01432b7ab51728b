#pragma once

#include <string_view>

namespace truerelay::smtp {

// All of `text` is well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates. ASCII is.
[[nodiscard]] bool well_formed_utf8(std::string_view text);

}  // namespace truerelay::smtp
