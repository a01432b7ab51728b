#pragma once

#include <string>
#include <string_view>

#include "tls/boringssl_compat.h"

namespace truerelay::tls {

// Why a certificate is refused, in words that an administrator can act on: "the certificate of
// mail.example.com is refused: it expired on 2025-01-31 (subject CN=..., issuer CN=..., valid until
// 2025-01-31 12:00:00 UTC)".

// After X509_verify_cert() failed. `trusted` names the file with the trusted certificates.
[[nodiscard]] std::string chain_refusal(X509_STORE_CTX& context, std::string_view host,
                                        std::string_view trusted);

// No certificate has a pinned key; `pin` is that of the server's own.
[[nodiscard]] std::string pin_refusal(const X509& own, std::string_view host, std::string_view pin);

}  // namespace truerelay::tls
