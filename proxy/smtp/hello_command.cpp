#include <fmt/core.h>

#include <algorithm>

#include "smtp/command_parsers.h"

namespace truerelay::smtp {
namespace {

constexpr std::size_t kLongestDomain = 255;  // RFC 5321 section 4.5.3.1.2

// What a client calls itself is for the record only, and old devices call themselves many things:
// any printable ASCII is taken. RFC 6531 section 3.7.1 keeps it ASCII.
ParsedCommand parse_hello(std::string_view argument, bool extended) {
  const std::string_view verb = extended ? "EHLO" : "HELO";
  if (argument.empty()) {
    return refuse(
        501, fmt::format("5.5.4 {} needs the name of the client: {} client.example", verb, verb));
  }
  if (argument.size() > kLongestDomain) {
    return refuse(
        501, fmt::format("5.5.4 The name after {} is longer than {} octets", verb, kLongestDomain));
  }
  if (std::ranges::any_of(argument, [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) {
    return refuse(501, fmt::format("5.5.4 The name after {} must be ASCII", verb));
  }
  return Hello{.extended = extended, .domain = std::string(argument)};
}

}  // namespace

ParsedCommand parse_helo(std::string_view argument) { return parse_hello(argument, false); }
ParsedCommand parse_ehlo(std::string_view argument) { return parse_hello(argument, true); }

}  // namespace truerelay::smtp
