#pragma once

#include <filesystem>
#include <optional>

#include "config/config.h"

namespace truerelay::cli {

// The configuration, or nullopt after its errors were printed to standard error.
[[nodiscard]] std::optional<config::Config> read_configuration(const std::filesystem::path& file);

// The same of [vault] alone.
[[nodiscard]] std::optional<config::Vault> read_vault_configuration(
    const std::filesystem::path& file);

}  // namespace truerelay::cli
