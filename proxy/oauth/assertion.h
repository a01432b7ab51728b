#pragma once

#include <expected>
#include <string>

#include "base/redacted.h"
#include "io/clock.h"
#include "oauth/jwt_signer.h"

namespace truerelay::oauth {

// Tokens that this side signs to prove who it is. They are good for a few minutes and, since each
// has an identifier of its own, once.

inline constexpr io::Duration kAssertionLife = std::chrono::minutes(5);

// A client that proves itself (RFC 7523 section 2.2, RFC 7521 section 4.2).
struct ClientClaims {
  std::string client_id;
  std::string audience;  // The token endpoint.
  std::string id;        // "jti": never the same twice.
};
[[nodiscard]] std::expected<Redacted, std::string> client_assertion(const JwtSigner& signer,
                                                                    const ClientClaims& claims,
                                                                    io::WallTime now);

// A service account that acts for a user (RFC 7523 section 2.1, with Google's "scope").
struct ServiceAccountClaims {
  std::string issuer;   // The account's address.
  std::string key_id;   // "kid", or empty.
  std::string subject;  // The mailbox.
  std::string scope;
  std::string audience;
  std::string id;
};
[[nodiscard]] std::expected<Redacted, std::string> service_account_assertion(
    const JwtSigner& signer, const ServiceAccountClaims& claims, io::WallTime now);

}  // namespace truerelay::oauth
