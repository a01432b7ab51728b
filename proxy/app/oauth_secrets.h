#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "io/clock.h"
#include "io/executor.h"
#include "io/worker.h"
#include "oauth/secret_store.h"
#include "vault/vault.h"

namespace truerelay::app {

// The secrets of the vault, and those that the configuration has in files, off the loop. What it is
// made of outlives it.
class OAuthSecrets final : public oauth::SecretStore {
 public:
  OAuthSecrets(vault::Vault& vault, io::Worker& worker, io::Clock& clock, io::Executor& executor)
      : vault_(vault), worker_(worker), clock_(clock), executor_(executor) {}

  io::Task<std::expected<Redacted, oauth::NoSecret>> get(std::string name) override;
  // As a refresh token: nothing else is ever replaced by a provider.
  io::Task<std::expected<void, std::string>> put(std::string name, Redacted secret) override;
  io::Task<std::expected<bool, std::string>> replace(std::string name, Redacted old,
                                                     Redacted secret) override;
  // Waits on the loop: whoever holds the name needs the worker's threads to give it back.
  io::Task<std::expected<std::unique_ptr<oauth::Reservation>, std::string>> reserve(
      std::string name, io::Time deadline, io::Cancellation& cancellation) override;

  // What stands for a file among the names, which no secret of the vault can have.
  [[nodiscard]] static std::string public_file(const std::filesystem::path& file);
  [[nodiscard]] static std::string owner_only_file(const std::filesystem::path& file);

 private:
  vault::Vault& vault_;
  io::Worker& worker_;
  io::Clock& clock_;
  io::Executor& executor_;
};

}  // namespace truerelay::app
