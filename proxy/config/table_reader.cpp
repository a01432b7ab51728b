#include "config/table_reader.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cassert>
#include <system_error>

#include "base/ascii.h"
#include "config/contains.h"
#include "config/nearest.h"
#include "config/path_text.h"
#include "config/values.h"

namespace truerelay::config {
namespace {

std::vector<std::string_view> names(const Table& table) {
  std::vector<std::string_view> all;
  for (const Key& key : table.keys) {
    all.push_back(key.name);
  }
  return all;
}

bool holds(const Table& table, std::string_view key) {
  return contains(table.keys, key, &Key::name);
}

// "'KEY' must be ..."
std::string about(std::string_view key, std::string_view clause) {
  return fmt::format("'{}' {}", key, clause);
}

}  // namespace

TableReader::TableReader(const Document& document, const Node& table, const Table& schema,
                         Findings& findings)
    : document_(document), table_(table), schema_(schema), findings_(findings) {
  for (const Member& member : table_.members) {
    if (!holds(schema_, member.key)) {
      findings_.errors.push_back(document_.error_at(member.at, unknown(member.key)));
    }
  }
}

// Where the key is one of another table it was probably put into the wrong one: TOML takes what
// follows a [header] for a part of it.
std::string TableReader::unknown(std::string_view key) const {
  const std::string said = fmt::format("unknown key '{}'", printable(key, 100));
  if (&schema_ == &top_table() && key == "upstream") {
    return said + "; an upstream has a file of its own, upstreams/NAME.toml";
  }
  for (const Table* other : all_tables()) {
    if (other != &schema_ && holds(*other, key)) {
      return fmt::format("{} in {}; it belongs to {}", said, schema_.name, other->name);
    }
  }
  return said + did_you_mean(key, names(schema_));
}

const Node* TableReader::find(std::string_view key) const {
  assert(holds(schema_, key));
  return member(table_, key);
}

Position TableReader::place(std::string_view key) const {
  const Node* value = find(key);
  return value != nullptr ? value->at : table_.at;
}

void TableReader::error(std::string_view key, std::string message) {
  findings_.errors.push_back(document_.error_at(place(key), std::move(message)));
}

void TableReader::warning(std::string_view key, std::string message) {
  findings_.warnings.push_back(document_.error_at(place(key), std::move(message)));
}

void TableReader::error_at(const Node& value, std::string message) {
  findings_.errors.push_back(document_.error_at(value.at, std::move(message)));
}

void TableReader::warning_at(const Node& value, std::string message) {
  findings_.warnings.push_back(document_.error_at(value.at, std::move(message)));
}

void TableReader::missing(std::string_view key, std::string_view remedy) {
  findings_.errors.push_back(
      document_.error_at(table_.at, fmt::format("'{}' is missing{}", key, remedy)));
}

const Node* TableReader::typed(std::string_view key, Node::Kind kind, std::string_view example) {
  const Node* value = find(key);
  if (value != nullptr && value->kind != kind) {
    error_at(*value, fmt::format("'{}' must be {}, such as {}; this is {}", key, name(kind),
                                 example, name(value->kind)));
    return nullptr;
  }
  return value;
}

std::optional<std::string> TableReader::text(std::string_view key) {
  const Node* value = typed(key, Node::Kind::string, "\"text\"");
  if (value == nullptr) {
    return std::nullopt;
  }
  if (value->text.empty()) {
    error_at(*value, about(key, "must not be empty"));
    return std::nullopt;
  }
  if (std::ranges::any_of(value->text, ascii_control)) {
    error_at(*value, about(key, "must not hold control characters"));
    return std::nullopt;
  }
  return value->text;
}

std::optional<bool> TableReader::boolean(std::string_view key) {
  const Node* value = typed(key, Node::Kind::boolean, "true");
  return value != nullptr ? std::optional(value->boolean) : std::nullopt;
}

std::optional<std::uint64_t> TableReader::integer(std::string_view key, std::uint64_t least,
                                                  std::uint64_t most) {
  const Node* value = typed(key, Node::Kind::integer, fmt::format("{}", most));
  if (value == nullptr) {
    return std::nullopt;
  }
  const auto number = static_cast<std::uint64_t>(std::max<std::int64_t>(value->integer, 0));
  if (value->integer < 0 || number < least || number > most) {
    error_at(*value, fmt::format("'{}' must be from {} to {}", key, least, most));
    return std::nullopt;
  }
  return number;
}

std::optional<Duration> TableReader::duration(std::string_view key, Duration least, Duration most) {
  const Node* value = find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  const auto duration = value->kind == Node::Kind::integer ? duration_of_seconds(value->integer)
                                                           : parse_duration(value->text);
  if (!duration) {
    error_at(*value, about(key, duration.error()));
    return std::nullopt;
  }
  if (*duration < least || *duration > most) {
    error_at(*value, fmt::format("'{}' must be from {} to {}", key, duration_text(least),
                                 duration_text(most)));
    return std::nullopt;
  }
  return *duration;
}

std::optional<std::uint64_t> TableReader::size(std::string_view key, std::uint64_t least,
                                               std::uint64_t most) {
  const Node* value = find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  const bool plain = value->kind == Node::Kind::integer && value->integer >= 0;
  const auto octets = plain ? static_cast<std::uint64_t>(value->integer) : parse_size(value->text);
  if (!octets) {
    error_at(*value, about(key, octets.error()));
    return std::nullopt;
  }
  if (*octets < least || *octets > most) {
    error_at(*value,
             fmt::format("'{}' must be from {} to {}", key, size_text(least), size_text(most)));
    return std::nullopt;
  }
  return *octets;
}

std::vector<const Node*> TableReader::texts(std::string_view key) {
  const Node* value = find(key);
  if (value == nullptr) {
    return {};
  }
  if (value->kind == Node::Kind::string) {
    return {value};
  }
  std::vector<const Node*> entries;
  for (const Node& item : value->items) {
    if (item.kind != Node::Kind::string) {
      error_at(item, fmt::format("'{}' must hold strings; this is {}", key, name(item.kind)));
    } else {
      entries.push_back(&item);
    }
  }
  if (value->kind != Node::Kind::array) {
    error_at(*value,
             fmt::format("'{}' must be a list of strings; this is {}", key, name(value->kind)));
  } else if (value->items.empty()) {
    error_at(*value, about(key, "must not be empty"));
  }
  return entries;
}

std::optional<std::filesystem::path> TableReader::path(std::string_view key) {
  const std::optional<std::string> written = text(key);
  if (!written) {
    return std::nullopt;
  }
  return (document_.file.parent_path() / path_of(*written)).lexically_normal();
}

std::optional<std::filesystem::path> TableReader::existing_file(std::string_view key) {
  std::optional<std::filesystem::path> file = path(key);
  if (file) {
    std::error_code failure;
    const std::filesystem::file_status status = std::filesystem::status(*file, failure);
    if (!std::filesystem::exists(status)) {
      error(key, fmt::format("there is no file {}", text_of(*file)));
    } else if (std::filesystem::is_directory(status)) {
      error(key, fmt::format("{} is a folder, not a file", text_of(*file)));
    }
  }
  return file;
}

std::optional<std::size_t> TableReader::word(std::string_view key,
                                             std::span<const std::string_view> words) {
  const Node* value = typed(key, Node::Kind::string, fmt::format("\"{}\"", words.front()));
  if (value == nullptr) {
    return std::nullopt;
  }
  const auto found = std::ranges::find(words, value->text);
  if (found == words.end()) {
    error_at(*value, fmt::format("'{}' must be one of \"{}\"{}", key, fmt::join(words, "\", \""),
                                 did_you_mean(value->text, words)));
    return std::nullopt;
  }
  return static_cast<std::size_t>(found - words.begin());
}

}  // namespace truerelay::config
