#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/document.h"
#include "config/schema.h"

namespace truerelay::config {

// What was found wrong in one file, and what is odd.
struct Findings {
  std::vector<Error> errors;
  std::vector<Error> warnings;
};

// Reads one TOML table against its list of keys and adds to the findings whatever is wrong with it:
// unknown keys at once, wrong types and ranges when a value is asked for. A value that is absent or
// wrong is nullopt (or empty), so that reading goes on with the default and finds the next error.
// Refers to what it was made from.
class TableReader {
 public:
  TableReader(const Document& document, const Node& table, const Table& schema, Findings& findings);

  [[nodiscard]] bool has(std::string_view key) const { return find(key) != nullptr; }

  // Not empty and without control characters.
  std::optional<std::string> text(std::string_view key);
  std::optional<bool> boolean(std::string_view key);
  std::optional<std::uint64_t> integer(std::string_view key, std::uint64_t least,
                                       std::uint64_t most);
  std::optional<Duration> duration(std::string_view key, Duration least, Duration most);
  std::optional<std::uint64_t> size(std::string_view key, std::uint64_t least, std::uint64_t most);

  // A list of strings, or one string alone. Its entries keep their places for errors.
  std::vector<const Node*> texts(std::string_view key);

  // Relative to the file that it stands in. Whether it exists is not asked.
  std::optional<std::filesystem::path> path(std::string_view key);
  // The same; the file must be there.
  std::optional<std::filesystem::path> existing_file(std::string_view key);

  // One of some words, each standing for a value.
  template <class T, std::size_t N>
  std::optional<T> choice(std::string_view key,
                          const std::array<std::pair<std::string_view, T>, N>& choices) {
    std::array<std::string_view, N> words;
    for (std::size_t i = 0; i < N; ++i) {
      words[i] = choices[i].first;
    }
    const std::optional<std::size_t> index = word(key, words);
    return index ? std::optional<T>(choices[*index].second) : std::nullopt;
  }

  // At the value of `key`, or at the table where there is none. A message that begins with a blank
  // is preceded by the key's name in quotes.
  void error(std::string_view key, std::string message);
  void warning(std::string_view key, std::string message);
  void error_at(const Node& value, std::string message);
  void warning_at(const Node& value, std::string message);

  // "'KEY' is missing" and why; `remedy` begins with ": " or "; ", or is empty.
  void missing(std::string_view key, std::string_view remedy);

 private:
  [[nodiscard]] const Node* find(std::string_view key) const;
  const Node* typed(std::string_view key, Node::Kind kind, std::string_view example);
  std::optional<std::size_t> word(std::string_view key, std::span<const std::string_view> words);
  std::string unknown(std::string_view key) const;
  Position place(std::string_view key) const;

  const Document& document_;
  const Node& table_;
  const Table& schema_;
  Findings& findings_;
};

}  // namespace truerelay::config
