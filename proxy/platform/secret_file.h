#pragma once

#include <cstddef>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

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

// All bytes of such a file, which may be empty and has at most `longest`; nullopt where there is no
// such file.
[[nodiscard]] std::expected<std::optional<Redacted>, std::string> read_private_file(
    const std::filesystem::path& file, std::size_t longest);

// Where systemd puts the credential `name` of this service; empty where it was given none at all.
[[nodiscard]] std::filesystem::path credential_file(std::string_view name);

}  // namespace truerelay::platform
