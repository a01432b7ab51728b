#pragma once

#include <string>

#include "base/redacted.h"
#include "io/clock.h"
#include "io/failure.h"
#include "oauth/failure.h"
#include "oauth/form.h"
#include "oauth/token_endpoint.h"

namespace truerelay::oauth {

struct Token {
  Redacted access;
  Redacted refresh;  // Empty: none came, the one that there is stays good.
  io::Duration lifetime{};
};

// Where a token's lifetime is not told, or makes no sense: short enough to be true.
inline constexpr io::Duration kUnknownLifetime = std::chrono::minutes(10);

// What a token endpoint answered (RFC 6749 sections 5.1 and 5.2). Nothing of it is trusted: a token
// is taken only if it can stand in an SMTP line, a lifetime only if it is sensible.
// `sent` is the request; the provider's words are shown only where they repeat no secret of it.
[[nodiscard]] TokenResult<Token> read_token_response(const Answer& answer, const Form& sent);

// The new refresh token in an answer, or an empty one. For an answer that is of no use otherwise:
// the old refresh token may be spent all the same.
[[nodiscard]] Redacted refresh_token_in(const Answer& answer);

// The start of a device login (RFC 8628 section 3.2).
struct DeviceCode {
  Redacted device_code;
  std::string user_code;         // What the person types,
  std::string verification_uri;  // and where. Both fit to be shown.
  io::Duration interval{};
  io::Duration lifetime{};
};
[[nodiscard]] TokenResult<DeviceCode> read_device_response(const Answer& answer, const Form& sent);

// No whole answer came: temporary, whatever it was.
[[nodiscard]] TokenFailure unanswered(const io::Failure& failure, std::string_view url);

// Visible ASCII and nothing else, neither empty nor longer than AUTH can carry (RFC 4954 section 4,
// RFC 6750 section 2.1).
[[nodiscard]] bool is_token(std::string_view text);

}  // namespace truerelay::oauth
