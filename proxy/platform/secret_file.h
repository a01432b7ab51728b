#pragma once

#include <cstddef>
#include <expected>
#include <filesystem>
#include <string>

#include "base/redacted.h"

namespace truerelay::platform {

// More than any password or key needs.
inline constexpr std::size_t kLongestSecret = std::size_t{64} * 1024;

// The secret that a file holds: all of it, but one line end at its end.
//
// The file must be closed to everybody but its owner. The exception is a systemd credential: a file
// in $CREDENTIALS_DIRECTORY that belongs to root or to this user, for systemd guards that directory
// and opens the files to the service's group.
// On failure: a sentence that names the file, what is wrong and what to do; never what it holds.
[[nodiscard]] std::expected<Redacted, std::string> read_secret_file(
    const std::filesystem::path& file);

}  // namespace truerelay::platform
