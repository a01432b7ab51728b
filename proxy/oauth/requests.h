#pragma once

#include <string>
#include <string_view>

#include "base/redacted.h"
#include "oauth/form.h"

namespace truerelay::oauth {

// What is asked of a provider, as the fields of a form; one function for each request.

// Who asks, and how it proves it (RFC 6749 section 2.3.1): with a secret, with an assertion that it
// has signed (RFC 7523 section 2.2), or not at all (a public client).
struct Client {
  std::string id;
  Redacted secret;
  Redacted assertion;
};

// RFC 6749 section 4.4.2. No user is involved.
[[nodiscard]] Form client_credentials_request(const Client& client, std::string_view scope);

// RFC 6749 section 6. It names no scope, so that it is for all that was granted: providers differ
// in whether what was asked for then may be named now.
[[nodiscard]] Form refresh_request(const Client& client, const Redacted& refresh_token);

// RFC 6749 section 4.1.3, RFC 7636 section 4.5.
[[nodiscard]] Form code_request(const Client& client, const Redacted& code,
                                std::string_view redirect_uri, const Redacted& verifier);

// RFC 8628 sections 3.1 and 3.4.
[[nodiscard]] Form device_request(const Client& client, std::string_view scope);
[[nodiscard]] Form device_poll_request(const Client& client, const Redacted& device_code);

// RFC 7523 section 2.1: the assertion says who, for whom, and for what.
[[nodiscard]] Form jwt_bearer_request(const Redacted& assertion);

}  // namespace truerelay::oauth
