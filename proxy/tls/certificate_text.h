#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tls/boringssl_compat.h"

namespace truerelay::tls {

// A certificate in words for an administrator. Everything in it was written by a stranger: control
// bytes and their like are replaced, lengths are bounded.

// "subject CN=mail.example.com, issuer CN=Example CA, valid until 2025-01-31 12:00:00 UTC"
[[nodiscard]] std::string describe(const X509& certificate);

[[nodiscard]] std::string subject_of(const X509& certificate);  // "CN=mail.example.com"
[[nodiscard]] std::string issuer_of(const X509& certificate);

// The DNS names and addresses of the subjectAltName (RFC 5280 section 4.2.1.6), which are what a
// host is compared with (RFC 9525 section 6.3).
[[nodiscard]] std::vector<std::string> names_of(const X509& certificate);

[[nodiscard]] std::string date_text(const ASN1_TIME& time);  // "2025-01-31"
[[nodiscard]] std::string time_text(const ASN1_TIME& time);  // "2025-01-31 12:00:00 UTC"

}  // namespace truerelay::tls
