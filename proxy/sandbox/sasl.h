#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/redacted.h"

namespace truerelay::sandbox {

// The server's side of the SASL mechanisms: what a client's response claims. Decoded bytes in, no
// SMTP and no base64. LOGIN needs no parsing: its two responses are the user and the password.

struct Claim {
  std::string user;
  Redacted secret;  // Password or token
};

// RFC 4616: [authzid] NUL authcid NUL passwd. Acting for another identity is not supported.
[[nodiscard]] std::optional<Claim> parse_plain(std::string_view response);

// "user=" user ^A "auth=Bearer " token ^A ^A
[[nodiscard]] std::optional<Claim> parse_xoauth2(std::string_view response);

// RFC 7628 section 3.1: "n,a=" user "," ^A key=value ^A ... ^A
[[nodiscard]] std::optional<Claim> parse_oauthbearer(std::string_view response);

}  // namespace truerelay::sandbox
