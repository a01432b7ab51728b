#include "smtp/capabilities.h"

#include <fmt/compile.h>

#include <algorithm>

#include "base/ascii.h"
#include "smtp/decimal.h"
#include "smtp/sasl_name.h"

namespace truerelay::smtp {
namespace {

// Removes the next word, and the spaces around it, from `rest`.
std::string_view next_word(std::string_view& rest) {
  const std::size_t begin = std::min(rest.find_first_not_of(' '), rest.size());
  const std::size_t end = std::min(rest.find(' ', begin), rest.size());
  const std::string_view word = rest.substr(begin, end - begin);
  rest.remove_prefix(end);
  return word;
}

void read_size(Capabilities& capabilities, std::string_view rest) {
  capabilities.size_offered = true;
  capabilities.size = parse_decimal(next_word(rest)).value_or(0);
}

void read_auth(Capabilities& capabilities, std::string_view rest) {
  for (std::string_view word = next_word(rest); !word.empty(); word = next_word(rest)) {
    if (sasl_name(word) && !capabilities.offers_auth(word)) {
      capabilities.auth.push_back(ascii_upper(word));
    }
  }
}

// The keywords that say all there is to say.
struct Flag {
  std::string_view keyword;
  bool Capabilities::* offered;
};
constexpr Flag kFlags[] = {
    {"PIPELINING", &Capabilities::pipelining},
    {"8BITMIME", &Capabilities::eight_bit_mime},
    {"SMTPUTF8", &Capabilities::smtp_utf8},
    {"DSN", &Capabilities::dsn},
    {"ENHANCEDSTATUSCODES", &Capabilities::enhanced_status_codes},
    {"CHUNKING", &Capabilities::chunking},
    {"BINARYMIME", &Capabilities::binary_mime},
    {"STARTTLS", &Capabilities::starttls},
};

}  // namespace

bool Capabilities::offers_auth(std::string_view mechanism) const {
  return std::ranges::any_of(
      auth, [mechanism](const std::string& offered) { return ascii_equal(offered, mechanism); });
}

Capabilities parse_capabilities(const Reply& ehlo) {
  Capabilities capabilities;
  for (std::size_t i = 1; i < ehlo.lines.size(); ++i) {
    std::string_view rest = ehlo.lines[i];
    // Servers of the last century wrote "AUTH=LOGIN" before RFC 2554 settled on a space.
    if (ascii_starts_with(rest, "AUTH=")) {
      read_auth(capabilities, rest.substr(5));
      continue;
    }
    const std::string_view keyword = next_word(rest);
    if (ascii_equal(keyword, "SIZE")) {
      read_size(capabilities, rest);
    } else if (ascii_equal(keyword, "AUTH")) {
      read_auth(capabilities, rest);
    }
    for (const Flag& flag : kFlags) {
      if (ascii_equal(keyword, flag.keyword)) {
        capabilities.*flag.offered = true;
      }
    }
  }
  return capabilities;
}

std::vector<std::string> capability_lines(const Capabilities& capabilities) {
  std::vector<std::string> lines;
  if (capabilities.size_offered) {
    lines.push_back(
        capabilities.size == 0 ? "SIZE" : fmt::format(FMT_COMPILE("SIZE {}"), capabilities.size));
  }
  for (const Flag& flag : kFlags) {
    if (capabilities.*flag.offered) {
      lines.emplace_back(flag.keyword);
    }
  }
  if (!capabilities.auth.empty()) {
    std::string line = "AUTH";
    for (const std::string& mechanism : capabilities.auth) {
      line += ' ';
      line += mechanism;
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace truerelay::smtp
