#include "cli/configuration.h"

#include <fmt/core.h>

#include <cstdio>
#include <utility>

namespace truerelay::cli {
namespace {

// What was read, or nullopt after its errors were printed.
template <class T>
std::optional<T> or_print(std::expected<T, std::vector<config::Error>> read) {
  if (read) {
    return *std::move(read);
  }
  for (const config::Error& error : read.error()) {
    fmt::print(stderr, "{}\n", config::describe(error));
  }
  return std::nullopt;
}

}  // namespace

std::optional<config::Config> read_configuration(const std::filesystem::path& file) {
  return or_print(config::load(file));
}

std::optional<config::Vault> read_vault_configuration(const std::filesystem::path& file) {
  return or_print(config::load_vault(file));
}

}  // namespace truerelay::cli
