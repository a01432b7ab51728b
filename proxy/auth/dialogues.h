#pragma once

#include <memory>
#include <string_view>

#include "auth/mechanism.h"

namespace truerelay::auth {

// One dialogue for each mechanism. Each keeps a copy of what it must say and wipes it at its end.
[[nodiscard]] std::unique_ptr<Dialogue> begin_plain(const Credentials& credentials);  // RFC 4616
[[nodiscard]] std::unique_ptr<Dialogue> begin_login(
    const Credentials& credentials);  // draft-murchison-sasl-login
[[nodiscard]] std::unique_ptr<Dialogue> begin_xoauth2(
    const Credentials& credentials);  // Google's and Microsoft's; no RFC
[[nodiscard]] std::unique_ptr<Dialogue> begin_oauthbearer(const Credentials& credentials,
                                                          std::string_view host,
                                                          unsigned port);  // RFC 7628

}  // namespace truerelay::auth
