#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace truerelay::tls {

// A pin: SHA-256 over the SubjectPublicKeyInfo, in base64, as pin_sha256 in the configuration takes
// it (the form of RFC 7469 section 2.4). It stays the same when a certificate is renewed with the
// key it had.

// Of the first certificate in a PEM text. An error is a sentence that names `source`.
[[nodiscard]] std::expected<std::string, std::string> spki_pin(std::string_view certificate_pem,
                                                               std::string_view source);

// Whether `pin` can be one at all: 44 characters of base64 that stand for 32 bytes.
[[nodiscard]] bool is_spki_pin(std::string_view pin);

}  // namespace truerelay::tls
