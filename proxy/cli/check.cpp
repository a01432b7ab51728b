#include "cli/check.h"

#include <fmt/core.h>

#include <optional>

#include "cli/commands.h"
#include "cli/configuration.h"

namespace truerelay::cli {

int check(const std::filesystem::path& config_file) {
  const std::optional<config::Config> config = read_configuration(config_file);
  if (!config) {
    return kUsage;
  }
  for (const config::Error& warning : config->warnings) {
    fmt::print("{}\n", config::describe(warning, "warning"));
  }
  for (const config::Listener& listener : config->listeners) {
    for (const config::ListenAddress& address : listener.address) {
      fmt::print("listener {}: {} port {} to upstream {}\n", listener.name, address.host,
                 address.port, listener.upstream);
    }
  }
  fmt::print("{}: no errors\n", config_file.string());
  return kDone;
}

}  // namespace truerelay::cli
