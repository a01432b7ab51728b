#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/redacted.h"
#include "oauth/failure.h"
#include "oauth/fingerprint.h"
#include "oauth/secret_store.h"

namespace truerelay::oauth {

// The secrets that went into the last request, so that one which failed for good is tried again
// when a person has changed one of them, and not before. The store and the key outlive it.
class UsedSecrets {
 public:
  UsedSecrets(SecretStore& store, const digest::Key& key) : store_(store), key_(key) {}

  // A new request begins: what was used before is forgotten.
  void begin() { used_.clear(); }
  // The secret, noted as used; where there is none, that is noted, too.
  [[nodiscard]] io::Task<std::expected<Redacted, NoSecret>> find(std::string name);
  // The same; that there is none is a lasting failure.
  [[nodiscard]] io::Task<TokenResult<Redacted>> get(std::string name);
  // Another value stands under one of the names now.
  [[nodiscard]] io::Task<bool> changed();
  // `secret` was put there by this program itself.
  void replaced(const std::string& name, const Redacted& secret);

 private:
  [[nodiscard]] std::optional<Fingerprint> known_by(
      const std::expected<Redacted, NoSecret>& found) const;

  SecretStore& store_;
  const digest::Key& key_;
  std::map<std::string, std::optional<Fingerprint>> used_;
};

[[nodiscard]] TokenFailure failure_of(const NoSecret& none);

}  // namespace truerelay::oauth
