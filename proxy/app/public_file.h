#pragma once

#include <expected>
#include <filesystem>
#include <string>

#include "base/redacted.h"

namespace truerelay::app {

// A file that everybody may read, such as a certificate, to which an administrator may all the same
// have added its key. Of more than platform::kLongestSecret octets only the beginning. Anything
// but a regular file is an error, for it might never end. An error is a sentence.
[[nodiscard]] std::expected<Redacted, std::string> read_public_file(
    const std::filesystem::path& file);

}  // namespace truerelay::app
