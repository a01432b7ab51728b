#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <vector>

#include "app/open_vault.h"
#include "app/upstream_parts.h"
#include "config/config.h"
#include "digest/digest.h"
#include "digest/key.h"
#include "io/tls.h"

namespace truerelay::app {

// All that a configuration asks for of files, read and found good, so that what is built after it
// can fail for want of an address only.
struct Blueprint {
  struct Upstream {
    config::Upstream settings;
    digest::Digest files;           // The fingerprint of those that were read,
    digest::Digest provider_files;  // and of those that concern its tokens.
    UpstreamParts parts;
  };
  struct Listener {
    config::Listener settings;
    digest::Digest files;
    std::unique_ptr<io::TlsServer> tls;  // Null where tls = "none".
  };

  config::Config config;
  std::vector<Upstream> upstreams;  // Those in use.
  std::vector<Listener> listeners;
  std::vector<config::Error> vault_faults;  // Warnings.
};

// All errors that can be found. Reads the files and the vault, not for the thread of a loop that
// has sessions. `key` is for fingerprints, the same each time.
[[nodiscard]] std::expected<Blueprint, std::vector<config::Error>> draw_up(config::Config config,
                                                                           Secrets secrets,
                                                                           const digest::Key& key);

}  // namespace truerelay::app
