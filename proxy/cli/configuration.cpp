#include "cli/configuration.h"

#include <fmt/core.h>

#include <cstdio>
#include <utility>

namespace truerelay::cli {

std::optional<config::Config> read_configuration(const std::filesystem::path& file) {
  std::expected<config::Config, std::vector<config::Error>> config = config::load(file);
  if (config) {
    return *std::move(config);
  }
  for (const config::Error& error : config.error()) {
    fmt::print(stderr, "{}\n", config::describe(error));
  }
  return std::nullopt;
}

}  // namespace truerelay::cli
