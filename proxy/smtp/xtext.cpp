#include "smtp/xtext.h"

#include <fmt/core.h>

#include <cstddef>

#include "base/ascii.h"

namespace truerelay::smtp {
namespace {

bool stands_for_itself(char c) { return c > ' ' && c <= '~' && c != '+' && c != '='; }

// The value of a hexadecimal digit, or -1.
int hex_value(char c) {
  if (ascii_digit(c)) {
    return c - '0';
  }
  const char lower = ascii_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

bool is_xtext(std::string_view text) { return decode_xtext(text).has_value(); }

std::optional<std::string> decode_xtext(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (stands_for_itself(text[i])) {
      bytes += text[i];
      continue;
    }
    if (text[i] != '+' || text.size() - i < 3) {
      return std::nullopt;
    }
    const int high = hex_value(text[i + 1]);
    const int low = hex_value(text[i + 2]);
    if (high < 0 || low < 0) {
      return std::nullopt;
    }
    bytes += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return bytes;
}

std::string encode_xtext(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  for (const char c : bytes) {
    if (stands_for_itself(c)) {
      text += c;
    } else {
      text += fmt::format("+{:02X}", static_cast<unsigned char>(c));
    }
  }
  return text;
}

}  // namespace truerelay::smtp
