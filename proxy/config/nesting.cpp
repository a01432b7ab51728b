#include "config/nesting.h"

#include <algorithm>
#include <cstddef>

namespace truerelay::config {
namespace {

// The length of the comment or the string at the front of `text`, or 0. One that does not end on
// its line, where it must, goes up to that: the parser goes no further either.
std::size_t passed_over(std::string_view text) {
  const char sign = text.front();
  if (sign == '#') {
    return std::min(text.find('\n'), text.size());
  }
  if (sign != '"' && sign != '\'') {
    return 0;
  }
  const bool long_one = text.starts_with(R"(""")") || text.starts_with("'''");
  const std::size_t quotes = long_one ? 3 : 1;
  for (std::size_t i = quotes; i < text.size(); ++i) {
    if (text[i] == '\\' && sign == '"') {
      ++i;
    } else if (text[i] == '\n' && !long_one) {
      return i;
    } else if (text.substr(i).starts_with(text.substr(0, quotes))) {
      return i + quotes;
    }
  }
  return text.size();
}

}  // namespace

std::optional<Position> too_deep(std::string_view text) {
  unsigned depth = 0;
  unsigned dots = 0;  // Since the last sign that no name goes on behind.
  Position at{.line = 1, .column = 1};
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = std::max<std::size_t>(passed_over(text.substr(i)), 1);
    const char sign = length == 1 ? text[i] : ' ';
    if (sign == '[' || sign == '{') {
      ++depth;
    } else if ((sign == ']' || sign == '}') && depth > 0) {
      --depth;
    }
    dots = sign == '.' ? dots + 1 : std::string_view("\n,={[").contains(sign) ? 0 : dots;
    if (depth + dots > kDeepest) {
      return at;
    }
    for (const char passed : text.substr(i, length)) {
      at.line += passed == '\n' ? 1 : 0;
      at.column = passed == '\n' ? 1 : at.column + 1;
    }
    i += length;
  }
  return std::nullopt;
}

}  // namespace truerelay::config
