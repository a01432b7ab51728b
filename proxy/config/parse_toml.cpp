#include "config/parse_toml.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <sstream>
#include <string_view>
#include <toml.hpp>
#include <utility>

#include "base/ascii.h"
#include "config/nesting.h"

namespace truerelay::config {
namespace {

// ---- What differs between toml11 3.7 and 4.x -------------------------------------------------

template <class Location>
Position position(const Location& location) {
  if constexpr (requires { location.first_line_number(); }) {
    return {.line = static_cast<unsigned>(location.first_line_number()),
            .column = static_cast<unsigned>(location.first_column_number())};
  } else {
    return {.line = static_cast<unsigned>(location.line()),
            .column = static_cast<unsigned>(location.column())};
  }
}

// 3.7 says where only in its drawing, of which the last part is the place that matters:
//    |
//  2 | a = 2
//    |     ^--- value defined twice
[[maybe_unused]] std::optional<SyntaxError> read_drawing(std::string_view drawing) {
  std::optional<SyntaxError> found;
  std::string_view numbered;
  while (!drawing.empty()) {
    const std::string_view row = drawing.substr(0, drawing.find('\n'));
    drawing.remove_prefix(std::min(row.size() + 1, drawing.size()));
    const std::size_t bar = row.find(" | ");
    const std::size_t mark = row.find_first_not_of(' ', bar == row.npos ? bar : bar + 3);
    if (bar == row.npos) {
      continue;
    }
    const std::size_t digits = row.find_first_not_of(' ');
    if (digits < bar) {
      numbered = row.substr(digits, bar - digits);
    } else if (mark != row.npos && (row[mark] == '^' || row[mark] == '~')) {
      SyntaxError error;
      std::from_chars(numbered.data(), numbered.data() + numbered.size(), error.at.line);
      error.at.column = static_cast<unsigned>(mark - bar - 2);
      const std::size_t comment = row.find_first_not_of("^~- ", mark);
      error.message = comment == row.npos ? "" : row.substr(comment);
      found = std::move(error);
    }
  }
  return found;
}

// `message` is the comment at the place, which read_drawing() and 4.x give apart from the title.
template <class Exception>
SyntaxError place_of(const Exception& exception) {
  if constexpr (requires { exception.errors(); }) {
    if (!exception.errors().empty() && !exception.errors().front().locations().empty()) {
      const auto& [location, comment] = exception.errors().front().locations().front();
      return {.at = position(location), .message = comment};
    }
    return {.at = {.line = 1, .column = 1}, .message = {}};
  } else {
    return read_drawing(exception.what())
        .value_or(SyntaxError{.at = position(exception.location()), .message = {}});
  }
}

// ---- From here on both are the same ----------------------------------------------------------

// "[error] toml::parse_table: invalid line format" and the drawing below it: the clause alone.
std::string_view title(std::string_view what) {
  what = what.substr(0, what.find('\n'));
  if (what.starts_with("[error] ")) {
    what.remove_prefix(8);
  }
  const std::size_t function = what.find(": ");
  if (function != what.npos && !what.substr(0, function).contains(' ')) {
    what.remove_prefix(function + 2);
  }
  return what;
}

// The mistakes that people make most, in words that say what to do; "" for the others.
std::string_view plain_words(std::string_view title, std::string_view line) {
  if (title.contains("value appeared") || title.contains("missing value") ||
      title.contains("lowercase")) {
    return "a value is expected here: a text in quotes, a number, or true or false in lower-case "
           "letters";
  }
  if (title.contains("already")) {
    return "this name is given twice";
  }
  if (title.contains("string")) {
    return line.contains('\\')
               ? R"(this string is broken; in "..." a backslash is written \\, in '...' just \)"
               : "this string has no end on its line, or holds what it may not";
  }
  return {};
}

// The library's own words, made safe and without a full stop inside.
std::string safe(std::string_view words) {
  while (words.ends_with('.')) {
    words.remove_suffix(1);
  }
  std::string copy(words);
  std::ranges::replace(copy, '"', '\'');
  return printable(copy);
}

template <class Exception>
SyntaxError syntax_error(const Exception& exception, std::span<const std::string> lines) {
  SyntaxError error = place_of(exception);
  const std::string_view line = error.at.line >= 1 && error.at.line <= lines.size()
                                    ? std::string_view(lines[error.at.line - 1])
                                    : std::string_view();
  const std::string_view clause = title(exception.what());
  const std::string_view plain = plain_words(clause, line);
  if (!plain.empty()) {
    error.message = fmt::format("this is not TOML: {}", plain);
  } else if (error.message.empty() || error.message == "here") {
    error.message = fmt::format("this is not TOML: {}", safe(clause));
  } else {
    error.message = fmt::format("this is not TOML: {}: {}", safe(clause), safe(error.message));
  }
  return error;
}

bool bare_key_sign(char c) { return ascii_alpha(c) || ascii_digit(c) || c == '-' || c == '_'; }

// Where the key of the value at `value` stands; the library does not tell. A key is on the line of
// its value, before the equals sign; that of a table stands in its header.
Position key_position(Position value, std::span<const std::string> lines) {
  if (value.line < 1 || value.line > lines.size() || value.column < 1 ||
      value.column > lines[value.line - 1].size()) {
    return value;
  }
  const std::string_view line = lines[value.line - 1];
  std::size_t end = line.find_last_not_of(" \t", value.column == 1 ? 0 : value.column - 2);
  if (value.column == 1 || end == line.npos || line[end] != '=') {
    const std::size_t header = line.find_first_not_of("[ \t", value.column - 1);
    return {value.line, static_cast<unsigned>(header == line.npos ? value.column : header + 1)};
  }
  end = end == 0 ? line.npos : line.find_last_not_of(" \t", end - 1);
  if (end == line.npos) {
    return value;
  }
  if (const char quote = line[end]; (quote == '"' || quote == '\'') && end > 0) {
    const std::size_t begin = line.rfind(quote, end - 1);
    return {value.line, static_cast<unsigned>(begin == line.npos ? end + 1 : begin + 1)};
  }
  std::size_t begin = end;
  while (begin > 0 && bare_key_sign(line[begin - 1])) {
    --begin;
  }
  return {value.line, static_cast<unsigned>(begin + 1)};
}

Node converted(const toml::value& value, std::span<const std::string> lines) {
  Node node;
  node.at = position(value.location());
  if (value.is_string()) {
    node.kind = Node::Kind::string;
    node.text = toml::get<std::string>(value);
  } else if (value.is_integer()) {
    node.kind = Node::Kind::integer;
    node.integer = value.as_integer();
  } else if (value.is_floating()) {
    node.kind = Node::Kind::real;
  } else if (value.is_boolean()) {
    node.kind = Node::Kind::boolean;
    node.boolean = value.as_boolean();
  } else if (value.is_array()) {
    node.kind = Node::Kind::array;
    for (const toml::value& item : value.as_array()) {
      node.items.push_back(converted(item, lines));
    }
  } else if (value.is_table()) {
    node.kind = Node::Kind::table;
    for (const auto& [key, member] : value.as_table()) {
      Node child = converted(member, lines);
      const Position at = key_position(child.at, lines);
      node.members.push_back({.key = key, .at = at, .value = std::move(child)});
    }
    std::ranges::sort(node.members, {}, [](const Member& member) {
      return std::pair(member.at.line, member.at.column);
    });
  } else {
    node.kind = Node::Kind::date_or_time;
  }
  return node;
}

}  // namespace

std::expected<Node, SyntaxError> parse_toml(const std::string& text,
                                            std::span<const std::string> lines) {
  if (const std::optional<Position> place = too_deep(text)) {
    return std::unexpected(SyntaxError{
        *place, fmt::format("this stands in more than {} lists, tables or dotted names, which no "
                            "configuration needs",
                            kDeepest)});
  }
  std::istringstream in(text);
  try {
    Node root = converted(toml::parse(in, "configuration"), lines);
    root.at = {.line = 1, .column = 1};
    return root;
  } catch (const toml::syntax_error& error) {
    return std::unexpected(syntax_error(error, lines));
  } catch (const std::exception& error) {  // Such as a number that fits into nothing.
    return std::unexpected(
        SyntaxError{{1, 1}, fmt::format("this is not TOML: {}", safe(title(error.what())))});
  }
}

}  // namespace truerelay::config
