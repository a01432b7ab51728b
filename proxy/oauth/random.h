#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace truerelay::oauth {

// 64 bits that nobody can guess. Injected, so that a test can repeat itself.
using Random = std::function<std::uint64_t()>;

// 256 bits of it in base64url, 43 characters: a PKCE verifier (RFC 7636 section 4.1), a state, or
// the identifier of a signed token.
[[nodiscard]] std::string random_text(const Random& random);

}  // namespace truerelay::oauth
