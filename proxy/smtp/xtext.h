#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace truerelay::smtp {

// The encoding of parameter values in RFC 3461 section 4: printable ASCII without "+", "=" and
// space stands for itself, any byte may be written as "+" and two hexadecimal digits in capitals.

// Shaped as xtext, which may be empty. Small hexadecimal digits are taken as well.
[[nodiscard]] bool is_xtext(std::string_view text);

// The bytes that `text` stands for, which may be any; nullopt when it is not xtext.
[[nodiscard]] std::optional<std::string> decode_xtext(std::string_view text);

[[nodiscard]] std::string encode_xtext(std::string_view bytes);

}  // namespace truerelay::smtp
