#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace truerelay {

// Base64 with padding and without line breaks (RFC 4648 section 4), as SASL uses it in SMTP.
[[nodiscard]] std::string base64_encode(std::string_view bytes);

// Strict: nothing but the alphabet, the right padding, no white space. nullopt otherwise.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

// The alphabet for URLs, without padding (RFC 4648 section 5), as JSON Web Tokens use it.
[[nodiscard]] std::string base64url_encode(std::string_view bytes);

}  // namespace truerelay
