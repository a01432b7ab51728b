#pragma once

#include <expected>
#include <optional>
#include <string>

#include "io/clock.h"

namespace truerelay::oauth {

// Why a provider gave no token, in the words in which an administrator and the client hear it.
struct TokenFailure {
  bool permanent = false;  // A person must act: the same request would fail again.
  std::string cause;       // A clause without a full stop, never a secret.
  std::string remedy;      // A sentence without a full stop.
  std::string error{};     // The provider's code, such as "authorization_pending", or empty.
  std::optional<io::Duration> retry_after{};  // What the provider asked for.
  bool refused = false;  // The provider works and says no, or asks for fewer requests.
};

template <class T>
using TokenResult = std::expected<T, TokenFailure>;

// "The cause. The remedy."
[[nodiscard]] std::string sentence(const TokenFailure& failure);

}  // namespace truerelay::oauth
