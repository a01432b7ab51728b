#include "base/ascii.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace truerelay {
namespace {

// The length of the well-formed UTF-8 character that starts `text` (1 to 4), or 0.
std::size_t utf8_length(std::string_view text, std::uint32_t& character) {
  const auto first = static_cast<unsigned char>(text[0]);
  std::size_t length = 0;
  std::uint32_t smallest = 0;
  if (first < 0x80) {
    character = first;
    return 1;
  }
  if (first >= 0xC2 && first < 0xE0) {
    length = 2, smallest = 0x80, character = first & 0x1FU;
  } else if (first >= 0xE0 && first < 0xF0) {
    length = 3, smallest = 0x800, character = first & 0x0FU;
  } else if (first >= 0xF0 && first < 0xF5) {
    length = 4, smallest = 0x10000, character = first & 0x07U;
  } else {
    return 0;
  }
  if (text.size() < length) {
    return 0;
  }
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0U) != 0x80) {
      return 0;
    }
    character = character << 6 | (next & 0x3FU);
  }
  const bool surrogate = character >= 0xD800 && character <= 0xDFFF;
  return character >= smallest && character <= 0x10FFFF && !surrogate ? length : 0;
}

bool misleads_a_reader(std::uint32_t character) {
  const bool control = character < 0x20 || (character >= 0x7F && character < 0xA0);
  const bool bidirectional = character == 0x061C || character == 0x200E || character == 0x200F ||
                             (character >= 0x202A && character <= 0x202E) ||
                             (character >= 0x2066 && character <= 0x2069);
  const bool line_end = character == 0x2028 || character == 0x2029;
  return control || bidirectional || line_end;
}

// How many characters at the start of `text` stand for themselves, as nearly all do.
std::size_t plain_length(std::string_view text, bool escape_quotes) {
  const auto plain = [escape_quotes](char c) {
    return c >= 0x20 && c < 0x7F && !(escape_quotes && (c == '"' || c == '\\'));
  };
  return static_cast<std::size_t>(std::ranges::find_if_not(text, plain) - text.begin());
}

void add_escaped(std::string& line, std::string_view text, std::size_t at_most,
                 bool escape_quotes) {
  const bool cut = text.size() > at_most;
  text = text.substr(0, at_most);
  while (true) {
    const std::size_t plain = plain_length(text, escape_quotes);
    line += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) {
      break;
    }
    std::uint32_t character = 0;
    const std::size_t length = utf8_length(text, character);
    const std::size_t taken = std::max<std::size_t>(length, 1);
    if (length == 0 || misleads_a_reader(character)) {
      for (const char c : text.substr(0, taken)) {
        fmt::format_to(std::back_inserter(line), "\\x{:02X}", static_cast<unsigned char>(c));
      }
    } else {
      if (escape_quotes && (character == '"' || character == '\\')) {
        line += '\\';
      }
      line += text.substr(0, taken);
    }
    text.remove_prefix(taken);
  }
  if (cut) {
    line += "...";
  }
}

}  // namespace

bool ascii_equal(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, {}, [](char c) { return ascii_lower(c); }, [](char c) { return ascii_lower(c); });
}

bool ascii_starts_with(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && ascii_equal(text.substr(0, prefix.size()), prefix);
}

std::string ascii_upper(std::string_view text) {
  std::string upper(text);
  std::ranges::transform(upper, upper.begin(), [](char c) { return ascii_upper(c); });
  return upper;
}

std::string ascii_lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) { return ascii_lower(c); });
  return lower;
}

std::string printable(std::string_view text, std::size_t at_most) {
  std::string line;
  add_printable(line, text, at_most);
  return line;
}

void add_printable(std::string& line, std::string_view text, std::size_t at_most) {
  add_escaped(line, text, at_most, false);
}

void add_in_double_quotes(std::string& line, std::string_view text, std::size_t at_most) {
  line += '"';
  add_escaped(line, text, at_most, true);
  line += '"';
}

}  // namespace truerelay
