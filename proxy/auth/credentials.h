#pragma once

#include <expected>
#include <string>

#include "base/redacted.h"
#include "io/failure.h"
#include "io/task.h"

namespace truerelay::auth {

// What logs in at an upstream.
struct Credentials {
  enum class Kind { password, token };  // token: an OAuth 2.0 access token

  Kind kind = Kind::password;
  std::string user;
  Redacted secret;

  [[nodiscard]] Credentials copy() const;
};

// Why there are no credentials to be had.
struct Refusal {
  bool permanent = false;  // A person must act; otherwise waiting helps.
  std::string detail;      // What to do about it, never a secret.
};

// Where an upstream's credentials come from: a password file, the vault, a token service.
class CredentialSource {
 public:
  virtual ~CredentialSource() = default;
  virtual io::Task<std::expected<Credentials, Refusal>> credentials() = 0;
};

}  // namespace truerelay::auth
