#include <algorithm>

#include "base/ascii.h"
#include "smtp/command_parsers.h"
#include "smtp/sasl_name.h"

namespace truerelay::smtp {
namespace {

// Shaped as base64. It is not decoded here: no copy of a secret is made, and no reply quotes it.
bool base64_shaped(std::string_view text) {
  const std::size_t digits = std::min(text.find('='), text.size());
  return !text.empty() && text.size() % 4 == 0 && text.size() - digits <= 2 &&
         std::ranges::all_of(text.substr(digits), [](char c) { return c == '='; }) &&
         std::ranges::all_of(text.substr(0, digits), [](char c) {
           return ascii_alpha(c) || ascii_digit(c) || c == '+' || c == '/';
         });
}

}  // namespace

// RFC 4954 section 4.
ParsedCommand parse_auth(std::string_view argument) {
  const std::size_t end = std::min(argument.find(' '), argument.size());
  const std::string_view mechanism = argument.substr(0, end);
  if (!sasl_name(mechanism)) {
    return refuse(501, "5.5.4 AUTH needs the name of a mechanism: AUTH PLAIN");
  }
  Auth auth{.mechanism = ascii_upper(mechanism), .initial_response = std::nullopt};
  const std::size_t begin = argument.find_first_not_of(' ', end);
  if (begin == std::string_view::npos) {
    return auth;
  }
  const std::string_view response = argument.substr(begin);
  if (response.contains(' ')) {
    return refuse(501, "5.5.4 AUTH takes a mechanism and an initial response, no more");
  }
  if (response == "=") {
    auth.initial_response.emplace();
  } else if (base64_shaped(response)) {
    auth.initial_response.emplace(response);
  } else {
    return refuse(501, "5.5.2 The initial response of AUTH is not base64");
  }
  return auth;
}

}  // namespace truerelay::smtp
