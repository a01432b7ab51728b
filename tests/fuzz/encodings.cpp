// Base64, xtext, UTF-8 and what may be shown, each against a slow reading of its RFC.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "base/ascii.h"
#include "base/base64.h"
#include "smtp/utf8.h"
#include "smtp/xtext.h"
#include "tests/fuzz/reference_utf8.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/target.h"

namespace truerelay::fuzz {
namespace {

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// RFC 4648 section 4, bit by bit.
std::optional<std::string> reference_base64(std::string_view text) {
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  if (text.size() % 4 != 0) {
    return std::nullopt;
  }
  std::string bits;
  for (const char c : text.substr(0, text.size() - padding)) {
    const std::size_t value = kBase64.find(c);
    if (value == kBase64.npos) {
      return std::nullopt;
    }
    for (int bit = 5; bit >= 0; --bit) {
      bits += (value >> bit & 1U) != 0 ? '1' : '0';
    }
  }
  std::string bytes;
  for (std::size_t i = 0; i + 8 <= bits.size(); i += 8) {
    bytes += static_cast<char>(std::stoi(bits.substr(i, 8), nullptr, 2));
  }
  return bytes;
}

// RFC 3461 section 4, small hexadecimal digits as well.
std::optional<std::string> reference_xtext(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c < '!' || c > '~' || c == '=') {
      return std::nullopt;
    }
    if (c != '+') {
      bytes += c;
      continue;
    }
    const std::string digits = ascii_lower(text.substr(i + 1, 2));
    if (digits.size() != 2 || digits.find_first_not_of("0123456789abcdef") != digits.npos) {
      return std::nullopt;
    }
    bytes += static_cast<char>(std::stoi(digits, nullptr, 16));
    i += 2;
  }
  return bytes;
}

void check_printable(std::string_view input) {
  for (const std::size_t most : {std::size_t{7}, std::size_t{512}}) {
    const std::string safe = printable(input, most);
    require(reference_utf8(safe), "what may be shown is UTF-8");
    require(std::ranges::none_of(safe, ascii_control), "what may be shown has no control byte");
    require(!safe.contains("\xE2\x80\xAE") && !safe.contains("\xE2\x80\xA8") &&
                !safe.contains("\xC2\x85"),
            "nor one that turns the text around or ends the line");
    require(safe.size() <= 4 * most + 3, "what may be shown is bounded");
  }
  std::string quoted;
  add_in_double_quotes(quoted, input);
  std::size_t end = 1;
  while (end < quoted.size() && quoted[end] != '"') {
    end += quoted[end] == '\\' && (quoted[end + 1] == '"' || quoted[end + 1] == '\\') ? 2 : 1;
  }
  require(end + 1 == quoted.size(), "a quoted text ends where its quotes end");
}

}  // namespace

void run(std::string_view input) {
  require(base64_decode(input) == reference_base64(input), "base64 is what the reference reads");
  require(base64_decode(base64_encode(input)) == input, "base64 gives back what it was given");
  require(base64url_encode(input).find_first_of("+/=") == std::string::npos, "base64 for URLs");

  require(smtp::decode_xtext(input) == reference_xtext(input), "xtext is what the reference reads");
  require(smtp::decode_xtext(smtp::encode_xtext(input)) == input, "xtext gives back what it got");

  require(smtp::well_formed_utf8(input) == reference_utf8(input), "UTF-8 as the reference sees it");
  check_printable(input);
}

}  // namespace truerelay::fuzz
