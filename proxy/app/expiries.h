#pragma once

#include <vector>

#include "app/open_vault.h"
#include "config/config.h"
#include "io/task.h"
#include "oauth/expiry.h"
#include "vault/vault.h"

namespace truerelay::app {

// What of an upstream's [oauth] ends on a known day: client secrets and certificates, and a refresh
// token that nobody uses. Reads the vault: not for the thread of a loop. What cannot be read has no
// end that is known.
[[nodiscard]] std::vector<oauth::Expiry> expiries_of(const config::Upstream& upstream,
                                                     vault::Vault& vault);

// The same, off the loop.
io::Task<std::vector<oauth::Expiry>> look_up_expiries(config::Upstream upstream, Secrets secrets);

}  // namespace truerelay::app
