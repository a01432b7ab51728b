#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace truerelay {

// Letters, digits and case as the mail protocols see them: ASCII only, no locale.
[[nodiscard]] constexpr char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
[[nodiscard]] constexpr char ascii_upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}
[[nodiscard]] constexpr bool ascii_digit(char c) { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool ascii_alpha(char c) {
  return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}
// 00 to 1F and 7F.
[[nodiscard]] constexpr bool ascii_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

[[nodiscard]] bool ascii_equal(std::string_view a, std::string_view b);  // Case does not matter.
[[nodiscard]] bool ascii_starts_with(std::string_view text, std::string_view prefix);  // Likewise.
[[nodiscard]] std::string ascii_upper(std::string_view text);
[[nodiscard]] std::string ascii_lower(std::string_view text);

// `text` made safe for a log line or a terminal: control bytes (C0, C1, DEL), broken UTF-8,
// and bidirectional controls become \xNN; what is longer than `at_most` bytes (counted before
// escaping) is cut with "...".
[[nodiscard]] std::string printable(std::string_view text, std::size_t at_most = 512);
// The same, added to `line`.
void add_printable(std::string& line, std::string_view text, std::size_t at_most = 512);

// The same between double quotes, those inside and backslashes escaped with a backslash.
void add_in_double_quotes(std::string& line, std::string_view text, std::size_t at_most = 512);

}  // namespace truerelay
