#include "cli/check.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <optional>

#include "app/open_vault.h"
#include "app/upstream_parts.h"
#include "cli/commands.h"
#include "cli/configuration.h"
#include "cli/expiry_warnings.h"
#include "cli/typed_secrets.h"
#include "net/loop.h"
#include "net/worker.h"
#include "platform/process.h"
#include "platform/secret_file.h"
#include "tls/server_context.h"

namespace truerelay::cli {
namespace {

// A password file is read at each login and may come later, so that it is a warning.
void warn_of_password_file(const config::Upstream& upstream, const std::filesystem::path& file) {
  std::error_code ignored;
  if (std::filesystem::exists(file, ignored)) {
    const std::expected<Redacted, std::string> secret = platform::read_secret_file(file);
    if (!secret) {
      fmt::print("{}: warning: {}\n", upstream.file.string(), secret.error());
    }
  }
}

// What the configuration names, opened as `run` would open it. Prints what is wrong; the number of
// errors.
int open_what_is_named(const config::Config& config, app::Secrets secrets) {
  int errors = 0;
  app::TrustStores trust;
  for (const config::Upstream& upstream : config.upstreams) {
    if (!config::is_used(config, upstream)) {
      continue;
    }
    print_expiry_warnings(upstream, secrets.vault);
    const std::expected<app::UpstreamParts, std::string> parts =
        app::make_upstream_parts(upstream, trust, secrets);
    if (!parts) {
      fmt::print(stderr, "{}: error: {}\n", upstream.file.string(), parts.error());
      ++errors;
    }
    warn_of_password_file(upstream, upstream.password_file);
    if (upstream.via) {
      warn_of_password_file(upstream, upstream.via->password_file);
    }
  }
  for (const config::Listener& listener : config.listeners) {
    if (listener.tls == config::Tls::none) {
      continue;
    }
    const std::expected<std::unique_ptr<tls::ServerContext>, std::string> context =
        tls::ServerContext::load(listener.certificate_file, listener.key_file);
    if (!context) {
      fmt::print(stderr, "{}: error: listener {}: {}\n", config.file.string(), listener.name,
                 context.error());
      ++errors;
    }
  }
  return errors;
}

}  // namespace

int check(const std::filesystem::path& config_file) {
  platform::protect_memory();
  const std::optional<config::Config> config = read_configuration(config_file);
  if (!config) {
    return kUsage;
  }
  net::Loop loop;
  net::Worker worker(loop);
  vault::Vault vault(config->vault.file,
                     app::key_places(config->vault, ask_passphrase_if_somebody_is_there()));
  std::vector<config::Error> warnings = config->warnings;
  std::ranges::move(app::faults_of_vault(*config, vault), std::back_inserter(warnings));
  for (const config::Error& warning : warnings) {
    fmt::print("{}\n", config::describe(warning, "warning"));
  }
  if (open_what_is_named(*config, {vault, worker}) > 0) {
    return kUsage;
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
