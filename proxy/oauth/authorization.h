#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/redacted.h"
#include "oauth/failure.h"
#include "oauth/random.h"

namespace truerelay::oauth {

// The authorization code grant with PKCE (RFC 6749 section 4.1, RFC 7636), for a program on a
// machine of its user's (RFC 8252): the address to open, and what its redirect brings.

// SHA-256, 32 octets. oauth has no digests of its own.
using Sha256 = std::function<std::string(std::string_view)>;

// What one login is known by. A stranger who could guess it could slip in a login of his own.
struct Attempt {
  Redacted verifier;      // Goes with the code (code_verifier),
  std::string challenge;  // and this before, in the address: S256 of it.
  std::string state;      // Comes back in the redirect.
};
[[nodiscard]] Attempt new_attempt(const Random& random, const Sha256& sha256);

struct AuthorizationRequest {
  std::string endpoint{};
  std::string client_id{};
  std::string redirect_uri{};
  std::string scope{};
  std::string user{};   // "login_hint", or empty.
  std::string extra{};  // What the provider wants besides, "a=b&c=d", or empty.
};
[[nodiscard]] std::string authorization_url(const AuthorizationRequest& request,
                                            const Attempt& attempt);

// The code in the address to which the browser was sent: all of it as a person pastes it, or from
// the path on as a browser asks for it. A redirect without the state that was sent is refused.
[[nodiscard]] TokenResult<Redacted> code_in_redirect(std::string_view address,
                                                     std::string_view state);

}  // namespace truerelay::oauth
