#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secure_bytes.h"
#include "vault/names.h"

namespace truerelay::vault {

using Time = std::chrono::sys_seconds;

// All that may be shown of an entry.
struct About {
  std::string name;
  Kind kind = Kind::password;
  Time created;
  Time changed;  // When its value was last written.
  std::optional<Time> used;
  std::optional<Time> expires;  // Where whoever wrote it knew.
};

// An entry with its value, which lies in the memory of somebody else.
struct Entry {
  About about;
  std::string_view value;
};

inline constexpr std::size_t kMostEntries = 2000;

// What is sealed in the file: entry after entry, each
//
//     kind 1, length of the name 2, name, created 8, changed 8, used 8, expires 8, length of the
//     value 4, value
//
// in octets. Times are seconds since 1970, 0 where there is none.
[[nodiscard]] SecureBytes encode(const std::vector<Entry>& entries);

// The values lie in `contents`. nullopt where it is nothing that encode() has made.
[[nodiscard]] std::optional<std::vector<Entry>> decode(const SecureBytes& contents);

}  // namespace truerelay::vault
