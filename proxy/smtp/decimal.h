#pragma once

#include <charconv>
#include <cstdint>
#include <expected>
#include <string_view>
#include <system_error>

namespace truerelay::smtp {

// Digits and nothing else: no sign, no space. std::errc::result_out_of_range for digits whose value
// does not fit, std::errc::invalid_argument for anything else.
[[nodiscard]] inline std::expected<std::uint64_t, std::errc> parse_decimal(std::string_view text) {
  std::uint64_t value = 0;
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const std::from_chars_result result = std::from_chars(begin, end, value);
  if (result.ptr != end) {
    return std::unexpected(std::errc::invalid_argument);
  }
  if (result.ec != std::errc()) {
    return std::unexpected(result.ec);
  }
  return value;
}

}  // namespace truerelay::smtp
