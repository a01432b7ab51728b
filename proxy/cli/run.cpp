#include "cli/run.h"

#include <fmt/core.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "app/engine.h"
#include "cli/commands.h"
#include "cli/configuration.h"
#include "platform/open_files.h"
#include "platform/process.h"

namespace truerelay::cli {

int run(const std::filesystem::path& config_file) {
  platform::protect_memory();
  platform::raise_open_file_limit();
  const std::optional<config::Config> config = read_configuration(config_file);
  if (!config) {
    return kUsage;
  }
  std::expected<std::unique_ptr<app::Engine>, std::string> engine = app::Engine::start(*config);
  if (!engine) {
    fmt::print(stderr, "truerelay: {}\n", engine.error());
    return kFailed;
  }
  (*engine)->heed_signals();
  (*engine)->run();
  return kDone;
}

}  // namespace truerelay::cli
