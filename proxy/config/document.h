#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"

namespace truerelay::config {

// A TOML file as a plain tree in which everything knows where it stands, so that the rest of this
// folder reads configuration and not a library.

struct Position {
  unsigned line = 0;    // From 1
  unsigned column = 0;  // In octets, from 1
};

struct Member;

struct Node {
  enum class Kind { string, integer, real, boolean, date_or_time, array, table };

  Kind kind = Kind::table;
  Position at;  // Of the value; of a table, its [header].
  std::string text;
  std::int64_t integer = 0;
  bool boolean = false;
  std::vector<Node> items;      // Of an array, in order
  std::vector<Member> members;  // Of a table, in the order of the file
};

struct Member {
  std::string key;
  Position at;  // Of the key
  Node value;
};

// The value of `key`, or nullptr.
[[nodiscard]] const Node* member(const Node& table, std::string_view key);

// "a string", "a whole number", ...
[[nodiscard]] std::string_view name(Node::Kind kind);

struct Document {
  std::filesystem::path file;
  std::vector<std::string> lines;  // Without their ends
  Node root;

  [[nodiscard]] Error error_at(Position at, std::string message) const;
};

// Files larger than this are not configuration.
inline constexpr std::size_t kLargestFile = 1024 * 1024;

// Reads and parses. What cannot be read and what is not TOML is one error, with its place.
[[nodiscard]] std::expected<Document, Error> read_document(const std::filesystem::path& file);

// The same for a text that is read already; `file` is for the messages.
[[nodiscard]] std::expected<Document, Error> parse_document(const std::filesystem::path& file,
                                                            std::string text);

}  // namespace truerelay::config
