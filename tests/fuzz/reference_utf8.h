#pragma once

#include <cstdint>
#include <string_view>

namespace truerelay::fuzz {

// RFC 3629 section 3 by arithmetic: each character is decoded, and must be written in the shortest
// form, be no surrogate, and lie below 110000.
[[nodiscard]] inline bool reference_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const std::size_t length = first < 0x80           ? 1
                               : first >> 5U == 0x06U ? 2
                               : first >> 4U == 0x0EU ? 3
                               : first >> 3U == 0x1EU ? 4
                                                      : 0;
    if (length == 0 || i + length > text.size()) {
      return false;
    }
    std::uint32_t character = length == 1 ? first : first & (0x7FU >> length);
    for (std::size_t j = 1; j < length; ++j) {
      const auto next = static_cast<unsigned char>(text[i + j]);
      if (next >> 6U != 2U) {
        return false;
      }
      character = character * 64 + next % 64;
    }
    constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = character >= 0xD800 && character < 0xE000;
    if (character < kLeast[length] || surrogate || character >= 0x110000) {
      return false;
    }
    i += length;
  }
  return true;
}

}  // namespace truerelay::fuzz
