#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tls/boringssl_compat.h"

namespace truerelay::tls {

// Certificates and keys out of PEM texts (RFC 7468). `source` names the file (or whatever the text
// came from) in errors, which are sentences for an administrator: what, why, and what to do.

using Certificates = std::vector<bssl::UniquePtr<X509>>;

[[nodiscard]] std::expected<std::string, std::string> read_text(const std::filesystem::path& file);

// All certificates, at least one; blocks of another kind between them are passed over.
[[nodiscard]] std::expected<Certificates, std::string> parse_certificates(std::string_view pem,
                                                                          std::string_view source);

// One private key without a passphrase.
[[nodiscard]] std::expected<bssl::UniquePtr<EVP_PKEY>, std::string> parse_private_key(
    std::string_view pem, std::string_view source);

// Gives `context` the certificate chain, the own certificate first, and its key.
struct IdentityText {
  std::string_view chain;
  std::string_view chain_source;
  std::string_view key;
  std::string_view key_source;
};
[[nodiscard]] std::expected<void, std::string> use_identity(SSL_CTX& context,
                                                            const IdentityText& text);

}  // namespace truerelay::tls
