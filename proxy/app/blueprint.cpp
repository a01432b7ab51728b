#include "app/blueprint.h"

#include <fmt/core.h>

#include <string>
#include <utility>

#include "app/fingerprint.h"
#include "tls/server_context.h"

namespace truerelay::app {
namespace {

using Errors = std::vector<config::Error>;

// A file's fingerprint is taken before it is read: one that changes in between counts as changed.
void add_upstream(const config::Upstream& settings, TrustStores& trust, Secrets secrets,
                  const digest::Key& key, Blueprint& drawn, Errors& errors) {
  const digest::Digest files = fingerprint_of(settings, key);
  const digest::Digest provider_files =
      settings.oauth ? fingerprint_of(*settings.oauth, key) : digest::Digest{};
  std::expected<UpstreamParts, std::string> parts = make_upstream_parts(settings, trust, secrets);
  if (parts) {
    drawn.upstreams.push_back({settings, files, provider_files, *std::move(parts)});
  } else {
    errors.push_back({.file = settings.file,
                      .message = fmt::format("Upstream {}: {}", settings.name, parts.error())});
  }
}

void add_listener(const config::Listener& settings, const digest::Key& key, Blueprint& drawn,
                  Errors& errors) {
  Blueprint::Listener listener{settings, fingerprint_of(settings, key), nullptr};
  if (settings.tls != config::Tls::none) {
    std::expected<std::unique_ptr<tls::ServerContext>, std::string> context =
        tls::ServerContext::load(settings.certificate_file, settings.key_file);
    if (!context) {
      errors.push_back({.file = drawn.config.file,
                        .message = fmt::format("Listener {}: {}", settings.name, context.error())});
      return;
    }
    listener.tls = *std::move(context);
  }
  drawn.listeners.push_back(std::move(listener));
}

}  // namespace

std::expected<Blueprint, std::vector<config::Error>> draw_up(config::Config config, Secrets secrets,
                                                             const digest::Key& key) {
  Blueprint drawn;
  drawn.config = std::move(config);
  Errors errors;
  TrustStores trust;
  for (const config::Upstream& upstream : drawn.config.upstreams) {
    if (config::is_used(drawn.config, upstream)) {
      add_upstream(upstream, trust, secrets, key, drawn, errors);
    }
  }
  for (const config::Listener& listener : drawn.config.listeners) {
    add_listener(listener, key, drawn, errors);
  }
  if (!errors.empty()) {
    return std::unexpected(std::move(errors));
  }
  drawn.vault_faults = faults_of_vault(drawn.config, secrets.vault);
  return drawn;
}

}  // namespace truerelay::app
