#pragma once

#include <filesystem>
#include <string>

#include "io/worker.h"
#include "oauth/secret_store.h"
#include "vault/vault.h"

namespace truerelay::app {

// The secrets of the vault, and those that the configuration has in files, off the loop. Vault and
// worker outlive it.
class OAuthSecrets final : public oauth::SecretStore {
 public:
  OAuthSecrets(vault::Vault& vault, io::Worker& worker) : vault_(vault), worker_(worker) {}

  io::Task<std::expected<Redacted, std::string>> get(std::string name) override;
  // As a refresh token: nothing else is ever replaced by a provider.
  io::Task<std::expected<void, std::string>> put(std::string name, Redacted secret) override;

  // What stands for a file among the names, which no secret of the vault can have.
  [[nodiscard]] static std::string public_file(const std::filesystem::path& file);
  [[nodiscard]] static std::string owner_only_file(const std::filesystem::path& file);

 private:
  vault::Vault& vault_;
  io::Worker& worker_;
};

}  // namespace truerelay::app
