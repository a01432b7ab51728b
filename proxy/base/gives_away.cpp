#include "base/gives_away.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "base/ascii.h"
#include "base/base64.h"

namespace truerelay {
namespace {

constexpr std::size_t kShortest = 4;
constexpr std::size_t kGoodPart = 12;  // Of which nobody speaks by chance.

// Whether any good part of `form` stands in `text`; the whole, where it is no longer than that.
bool stands_in(std::string_view text, std::string_view form) {
  const std::size_t part = std::min(kGoodPart, form.size());
  if (form.size() < kShortest) {
    return false;
  }
  for (std::size_t i = 0; i + part <= text.size(); ++i) {
    if (form.contains(text.substr(i, part))) {
      return true;
    }
  }
  return false;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view digits = text[i] == '%' ? text.substr(i + 1, 2) : std::string_view();
    const char* const end = digits.data() + digits.size();
    unsigned char octet = 0;
    if (digits.size() == 2 && std::from_chars(digits.data(), end, octet, 16).ptr == end) {
      out += static_cast<char>(octet);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

Redacted hexadecimal(std::string_view secret) {
  std::string digits;
  digits.reserve(2 * secret.size());
  for (const char c : secret) {
    digits += fmt::format("{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  }
  return Redacted(std::move(digits));
}

// The digits that do not depend on what stands before and behind it, where `shift` octets of a
// group of three stand before.
Redacted base64_of(std::string_view secret, std::size_t shift) {
  constexpr std::array<std::size_t, 3> kOfOthers = {0, 2, 3};
  Redacted together(std::string(shift, '\0').append(secret));
  Redacted encoded(base64_encode(together.reveal()));
  const std::size_t whole = (shift + secret.size()) / 3 * 4;
  const std::size_t first = std::min(kOfOthers.at(shift), whole);
  return Redacted(std::string(encoded.reveal().substr(first, whole - first)));
}

}  // namespace

bool gives_away(std::string_view text, const Redacted& secret) {
  const std::string_view told = secret.reveal();
  if (told.size() < kShortest) {
    return false;
  }
  if (stands_in(text, told) || stands_in(percent_decoded(text), told) ||
      stands_in(ascii_lower(text), hexadecimal(told).reveal())) {
    return true;
  }
  std::string one_alphabet(text);
  std::ranges::replace(one_alphabet, '-', '+');
  std::ranges::replace(one_alphabet, '_', '/');
  return std::ranges::any_of(std::array<std::size_t, 3>{0, 1, 2}, [&](std::size_t shift) {
    return stands_in(one_alphabet, base64_of(told, shift).reveal());
  });
}

}  // namespace truerelay
