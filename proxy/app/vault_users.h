#pragma once

#include <memory>

#include "app/open_vault.h"
#include "auth/local_users.h"
#include "base/redacted.h"

namespace truerelay::app {

// The users whose hashes stand in the vault. Each check reads the vault, so that a new user or
// password needs no restart, and hashes on the worker: some ten milliseconds of a processor, for a
// user that there is not as well.
class VaultUsers final : public auth::LocalUsers {
 public:
  explicit VaultUsers(Secrets secrets);

  io::Task<std::expected<bool, std::string>> check(std::string user, Redacted password) override;

 private:
  Secrets secrets_;
  // What is checked in the place of a user that there is not. A check under way may outlive this.
  const std::shared_ptr<const Redacted> nobody_;
};

}  // namespace truerelay::app
