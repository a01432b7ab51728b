#pragma once

#include <string>

#include "oauth/authorization.h"
#include "oauth/request_sources.h"

namespace truerelay::oauth {

// The end of a login in a browser: the code of the redirect becomes tokens (RFC 6749 section 4.1.3,
// RFC 7636 section 4.5).
struct CodeLogin {
  ClientSettings client{};
  std::string token_endpoint{};
  std::string redirect_uri{};
};
io::Task<TokenResult<Token>> redeem_code(const CodeLogin& login, const SourceParts& parts,
                                         const Attempt& attempt, const Redacted& code,
                                         io::Time deadline, io::Cancellation& cancellation);

// What a login is for: a token without a refresh token would end within the hour.
[[nodiscard]] TokenFailure no_refresh_token();

}  // namespace truerelay::oauth
