#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "io/clock.h"

namespace truerelay::tls {

// An RSA key that signs JSON Web Tokens (RFC 7518 sections 3.3 and 3.5), and the certificate by
// which the other side knows it. Keys come as texts, so that they need not stand in a file.
class JwtSigner {
 public:
  enum class Algorithm {
    rs256,  // RSASSA-PKCS1-v1_5 with SHA-256
    ps256,  // RSASSA-PSS with SHA-256, the salt as long as the digest
  };
  // PEM. The certificate, of which the first one counts, may be empty; the key may stand beside it.
  // What they are called is for the errors, which are sentences.
  struct Text {
    std::string_view key;
    std::string_view key_source;
    std::string_view certificate;
    std::string_view certificate_source;
  };
  [[nodiscard]] static std::expected<JwtSigner, std::string> create(Algorithm algorithm,
                                                                    const Text& text);
  JwtSigner(JwtSigner&& other) noexcept;
  JwtSigner& operator=(JwtSigner&& other) noexcept;
  ~JwtSigner();

  [[nodiscard]] Algorithm algorithm() const { return algorithm_; }
  // SHA-256 of the certificate, 32 octets, or empty.
  [[nodiscard]] const std::string& thumbprint() const { return thumbprint_; }
  // The signature of `message`, as it is.
  [[nodiscard]] std::expected<std::string, std::string> sign(std::string_view message) const;

 private:
  struct Key;
  JwtSigner(Algorithm algorithm, std::unique_ptr<Key> key, std::string thumbprint);

  Algorithm algorithm_;
  std::unique_ptr<Key> key_;
  std::string thumbprint_;
};

// SHA-256, 32 octets.
[[nodiscard]] std::string sha256(std::string_view bytes);

// When the first certificate in a PEM text expires.
[[nodiscard]] std::expected<io::WallTime, std::string> certificate_end(std::string_view pem,
                                                                       std::string_view source);

}  // namespace truerelay::tls
