#pragma once

#include <span>
#include <string_view>

namespace truerelay::config {

// The list of all keys, one table after the other. A key that is not here is an error in a file;
// one that is here is described in conf/README.md, word for word (a test compares them).

struct Key {
  std::string_view name;
  std::string_view type;      // As in the reference: "string", "duration", "list of strings", ...
  std::string_view fallback;  // In TOML: "true", "\"30s\""; "required"; "none"; or "preset".
};

struct Table {
  std::string_view name;  // "[log]", as a person would call it
  std::span<const Key> keys;
};

[[nodiscard]] const Table& top_table();
[[nodiscard]] const Table& listener_table();
[[nodiscard]] const Table& log_table();
[[nodiscard]] const Table& vault_table();
[[nodiscard]] const Table& upstream_table();
[[nodiscard]] const Table& oauth_table();
[[nodiscard]] std::span<const Table* const> all_tables();

}  // namespace truerelay::config
