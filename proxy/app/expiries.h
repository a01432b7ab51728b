#pragma once

#include <vector>

#include "config/config.h"
#include "oauth/expiry.h"
#include "vault/vault.h"

namespace truerelay::app {

// What of an upstream's [oauth] ends on a known day: client secrets and certificates, and a refresh
// token that nobody uses. Reads the vault: not for the thread of a loop. What cannot be read has no
// end that is known.
[[nodiscard]] std::vector<oauth::Expiry> expiries_of(const config::Upstream& upstream,
                                                     vault::Vault& vault);

}  // namespace truerelay::app
