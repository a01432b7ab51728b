#pragma once

#include <map>
#include <string>

#include "base/redacted.h"
#include "oauth/failure.h"
#include "oauth/secret_store.h"

namespace truerelay::oauth {

// The secrets that went into the last request, so that one which failed for good is tried again
// when a person has changed one of them, and not before. The store outlives it.
class UsedSecrets {
 public:
  explicit UsedSecrets(SecretStore& store) : store_(store) {}

  // A new request begins: what was used before is forgotten.
  void begin() { used_.clear(); }
  // The secret, noted as used; where there is none, that is noted, too.
  [[nodiscard]] io::Task<TokenResult<Redacted>> get(std::string name);
  // Another value stands under one of the names now.
  [[nodiscard]] io::Task<bool> changed();
  // `secret` was put there by this program itself.
  void replaced(const std::string& name, const Redacted& secret);

 private:
  SecretStore& store_;
  std::map<std::string, Redacted> used_;
};

}  // namespace truerelay::oauth
