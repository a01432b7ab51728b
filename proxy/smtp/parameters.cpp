#include "smtp/parameters.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/ascii.h"

namespace truerelay::smtp {
namespace {

// How much of a keyword a reply quotes.
constexpr std::size_t kQuoted = 40;

bool keyword_shaped(std::string_view text) {
  return !text.empty() && text.front() != '-' && std::ranges::all_of(text, [](char c) {
    return ascii_alpha(c) || ascii_digit(c) || c == '-';
  });
}

bool value_shaped(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~' && c != '='; });
}

}  // namespace

bool Parameter::is(std::string_view name) const { return ascii_equal(keyword, name); }

std::expected<std::vector<Parameter>, Reply> split_parameters(std::string_view rest) {
  std::vector<Parameter> parameters;
  while (true) {
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    if (rest.empty()) {
      return parameters;
    }
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(word.size());

    const std::size_t equals = word.find('=');
    Parameter parameter{.keyword = word.substr(0, equals), .value = std::nullopt};
    if (!keyword_shaped(parameter.keyword)) {
      return refuse(501, "5.5.4 Parameters are written KEYWORD or KEYWORD=value");
    }
    if (equals != std::string_view::npos) {
      parameter.value = word.substr(equals + 1);
      if (!value_shaped(*parameter.value)) {
        return refuse(501, fmt::format("5.5.4 The value of the parameter {} is malformed",
                                       printable(parameter.keyword, kQuoted)));
      }
    }
    if (std::ranges::any_of(parameters, [&parameter](const Parameter& earlier) {
          return earlier.is(parameter.keyword);
        })) {
      return refuse(501, fmt::format("5.5.4 The parameter {} comes twice",
                                     printable(parameter.keyword, kQuoted)));
    }
    parameters.push_back(parameter);
  }
}

std::unexpected<Reply> unknown_parameter(const Parameter& parameter) {
  return refuse(555, fmt::format("5.5.4 The parameter {} is not known here",
                                 printable(parameter.keyword, kQuoted)));
}

}  // namespace truerelay::smtp
