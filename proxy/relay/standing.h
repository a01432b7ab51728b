#pragma once

#include <memory>
#include <optional>
#include <unordered_map>

#include "digest/digest.h"
#include "io/clock.h"
#include "relay/account.h"
#include "smtp/capabilities.h"

namespace truerelay::relay {

// How the relay stands with an upstream: what each login has of its limits, and what was learned of
// it. It outlasts settings: an Upstream that takes the place of another one, for the same server
// and the same user, goes on with its standing.
class Standing {
 public:
  explicit Standing(const io::Clock& clock);
  Standing(const Standing&) = delete;
  Standing& operator=(const Standing&) = delete;

  // For each login, from now on: the newest settings count.
  void limit(unsigned at_once, unsigned per_minute);

  // A person has changed what logins depend on: those that were refused may be tried again.
  void forgive();

  // The login with the stored credentials, or without any.
  [[nodiscard]] const std::shared_ptr<Account>& stored() const { return stored_; }
  // That of a client's own; nullptr: there are too many.
  [[nodiscard]] std::shared_ptr<Account> of_client(const digest::Digest& login);

  // Nothing of it would be missed.
  [[nodiscard]] bool unused();

  std::optional<smtp::Capabilities> offered;  // The last time, after TLS.
  io::Time data_until{};                      // No chunks before that.
  io::Time stalled{};                         // In a chunk, the last time.

 private:
  const io::Clock& clock_;
  unsigned at_once_ = 1;
  unsigned per_minute_ = 0;
  std::shared_ptr<Account> stored_;
  std::unordered_map<digest::Digest, std::shared_ptr<Account>> clients_;
};

}  // namespace truerelay::relay
