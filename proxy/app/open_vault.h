#pragma once

#include <expected>
#include <functional>
#include <string>
#include <vector>

#include "base/redacted.h"
#include "config/config.h"
#include "io/worker.h"
#include "vault/vault.h"

namespace truerelay::app {

// Where parts of the service find the secrets that they name. Both outlive those parts.
struct Secrets {
  vault::Vault& vault;
  io::Worker& worker;
};

// Where the configuration has its key, which a person may be asked for.
[[nodiscard]] vault::KeyPlaces key_places(
    const config::Vault& vault,
    std::function<std::expected<Redacted, std::string>()> ask_passphrase = {});

// What is wrong with the vault for this configuration, as warnings, for secrets may come later:
// that it cannot be opened, that it lacks a secret that an upstream in use names, or has no user
// for a listener that asks for one. Reads the vault where anything of it is used.
[[nodiscard]] std::vector<config::Error> faults_of_vault(const config::Config& config,
                                                         vault::Vault& vault);

}  // namespace truerelay::app
