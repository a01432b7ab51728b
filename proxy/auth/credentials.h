#pragma once

#include <expected>
#include <string>

#include "base/redacted.h"
#include "io/cancellation.h"
#include "io/clock.h"
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
  std::string detail;      // What is wrong, never a secret.
  std::string remedy{};    // What to do about it, where `detail` does not say so; no full stop.
  Credentials::Kind kind = Credentials::Kind::password;  // What was to be had.
};

// Where an upstream's credentials come from: a password file, the vault, a token service.
class CredentialSource {
 public:
  virtual ~CredentialSource() = default;
  // Waits until then at the most, and not beyond a cancellation.
  virtual io::Task<std::expected<Credentials, Refusal>> credentials(
      io::Time until, io::Cancellation& cancellation) = 0;
  // The upstream did not take these. True: credentials() will try to give others, with which one
  // more login is worth while.
  virtual bool replace_refused(const Credentials& /*refused*/) { return false; }
};

}  // namespace truerelay::auth
