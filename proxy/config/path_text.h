#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace truerelay::config {

// Paths and the UTF-8 in which TOML and our messages hold them. (path::string() would be the code
// page of the day on Windows.)
[[nodiscard]] std::filesystem::path path_of(std::string_view utf8);
[[nodiscard]] std::string text_of(const std::filesystem::path& path);

}  // namespace truerelay::config
