#pragma once

#include <filesystem>

namespace truerelay::cli {

// `truerelay check`: reads the configuration as `run` would, and tells what is wrong with it.
int check(const std::filesystem::path& config_file);

}  // namespace truerelay::cli
