#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace truerelay::oauth {

// Signs a JSON Web Token with a private key that it keeps to itself (RFC 7515 section 5.1).
class JwtSigner {
 public:
  virtual ~JwtSigner() = default;
  // "RS256" or "PS256" (RFC 7518 section 3.1)
  [[nodiscard]] virtual std::string_view algorithm() const = 0;
  // The SHA-256 of the certificate that goes with the key, 32 octets, or empty where there is none.
  [[nodiscard]] virtual std::string_view thumbprint() const = 0;
  // The signature, as it is. An error is a sentence without a secret.
  [[nodiscard]] virtual std::expected<std::string, std::string> sign(
      std::string_view message) const = 0;
};

}  // namespace truerelay::oauth
