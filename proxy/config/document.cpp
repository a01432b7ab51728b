#include "config/document.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <system_error>
#include <utility>

#include "base/ascii.h"
#include "config/parse_toml.h"
#include "config/path_text.h"

namespace truerelay::config {
namespace {

Error error_of_file(const std::filesystem::path& file, std::string message) {
  return {.file = file, .message = std::move(message)};
}

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    lines.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// "http://user:password@host", where no password belongs either.
bool has_login_in_url(std::string_view line) {
  const std::size_t scheme = line.find("://");
  return scheme != std::string_view::npos && line.find('@', scheme) != std::string_view::npos;
}

// There is no key for a secret itself, but people will try; what they wrote must not go to a log.
// Of such a line "password = ..." is shown.
std::string without_secret(std::string_view line) {
  if (has_login_in_url(line)) {
    return std::string(line.substr(0, line.find("://"))) + "://...";
  }
  static constexpr std::array<std::string_view, 4> kWords = {"passw", "secret", "token", "api_key"};
  const std::string lower = ascii_lower(line);
  const std::string_view key = std::string_view(lower).substr(0, lower.find_first_of("=#"));
  for (const std::string_view word : kWords) {
    const std::size_t begin = key.find(word);
    if (begin != std::string_view::npos && !key.contains("_file")) {
      const std::size_t end = lower.find_first_of(" \t=\"'", begin);
      return std::string(line.substr(0, end)) + (end == std::string_view::npos ? "" : " = ...");
    }
  }
  return std::string(line);
}

// The line as a terminal may show it.
std::string shown(std::string line) {
  std::ranges::replace_if(line, [](char c) { return ascii_control(c) && c != '\t'; }, '?');
  return line;
}

// White space that puts a caret under octet `column` of `line`.
std::string indentation(std::string_view line, unsigned column) {
  std::string white;
  for (const char c : line.substr(0, column - 1)) {
    if (c == '\t') {
      white += c;
    } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80) {  // Not inside a UTF-8 character.
      white += ' ';
    }
  }
  return white;
}

}  // namespace

std::string_view name(Node::Kind kind) {
  switch (kind) {
    case Node::Kind::string:
      return "a string";
    case Node::Kind::integer:
      return "a whole number";
    case Node::Kind::real:
      return "a number with a decimal point";
    case Node::Kind::boolean:
      return "true or false";
    case Node::Kind::date_or_time:
      return "a date or time";
    case Node::Kind::array:
      return "a list";
    case Node::Kind::table:
      return "a table";
  }
  return "something else";
}

const Node* member(const Node& table, std::string_view key) {
  const auto found = std::ranges::find(table.members, key, &Member::key);
  return found == table.members.end() ? nullptr : &found->value;
}

Error Document::error_at(Position at, std::string message) const {
  Error error{.file = file, .line = at.line, .column = at.column, .message = std::move(message)};
  if (at.line >= 1 && at.line <= lines.size()) {
    error.source = shown(without_secret(lines[at.line - 1]));
  }
  return error;
}

std::string describe(const Error& error, std::string_view kind) {
  std::string text = text_of(error.file);
  if (error.line > 0) {
    text += fmt::format(":{}:{}", error.line, error.column);
  }
  text += fmt::format(": {}: {}", kind, error.message);
  if (!error.source.empty() && error.column > 0) {
    text += fmt::format("\n  {}\n  {}^", error.source, indentation(error.source, error.column));
  }
  return text;
}

std::expected<Document, Error> read_document(const std::filesystem::path& file) {
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) {
    return std::unexpected(error_of_file(file, "this is a folder, not a file"));
  }
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  std::string text(kLargestFile + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in.is_open() || in.bad()) {
    return std::unexpected(error_of_file(
        file, errno == ENOENT
                  ? std::string(
                        "there is no such file; begin with a copy of conf/truerelay.toml, or name "
                        "another with --config FILE")
                  : fmt::format("cannot be read: {}", std::generic_category().message(errno))));
  }
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kLargestFile) {
    return std::unexpected(
        error_of_file(file, "is larger than 1 MiB, which no configuration needs"));
  }
  return parse_document(file, std::move(text));
}

std::expected<Document, Error> parse_document(const std::filesystem::path& file, std::string text) {
  if (text.starts_with("\xEF\xBB\xBF")) {  // The byte order mark of Windows editors.
    text.erase(0, 3);
  }
  Document document{.file = file, .lines = split_lines(text), .root = {}};
  auto root = parse_toml(text, document.lines);
  if (!root) {
    return std::unexpected(document.error_at(root.error().at, std::move(root.error().message)));
  }
  document.root = std::move(*root);
  return document;
}

}  // namespace truerelay::config
