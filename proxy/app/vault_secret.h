#pragma once

#include <string>

#include "auth/credentials.h"
#include "io/worker.h"
#include "vault/vault.h"

namespace truerelay::app {

// Credentials whose secret stands in the vault. The vault is read at each login, so that a changed
// secret needs no restart; off the loop, for a passphrase takes a second the first time. The vault
// and the worker outlive it.
class VaultSecret final : public auth::CredentialSource {
 public:
  VaultSecret(std::string user, std::string name, auth::Credentials::Kind kind, vault::Vault& vault,
              io::Worker& worker)
      : user_(std::move(user)),
        name_(std::move(name)),
        kind_(kind),
        vault_(vault),
        worker_(worker) {}

  io::Task<std::expected<auth::Credentials, auth::Refusal>> credentials(
      io::Time /*until*/, io::Cancellation& /*cancellation*/) override;

 private:
  std::string user_;
  std::string name_;
  auth::Credentials::Kind kind_;
  vault::Vault& vault_;
  io::Worker& worker_;
};

}  // namespace truerelay::app
