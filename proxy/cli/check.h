#pragma once

#include <filesystem>

namespace truerelay::cli {

// `truerelay check`: reads the configuration as `run` would, and tells what is wrong with it. A
// passphrase file that is not empty comes before that of the configuration.
int check(const std::filesystem::path& config_file, const std::filesystem::path& passphrase_file);

}  // namespace truerelay::cli
