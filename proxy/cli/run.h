#pragma once

#include <filesystem>

namespace truerelay::cli {

// `truerelay run`: the service, in the foreground, until SIGINT or SIGTERM.
int run(const std::filesystem::path& config_file);

}  // namespace truerelay::cli
