#pragma once

#include <vector>

#include "app/open_vault.h"
#include "config/config.h"
#include "io/task.h"
#include "oauth/expiry.h"
#include "vault/vault.h"

namespace truerelay::app {

// Whether an upstream has anything that could.
[[nodiscard]] bool may_expire(const config::Upstream& upstream);

// What of an upstream ends on a known day: secrets that were given one, certificates of [oauth],
// and a refresh token that nobody uses. Reads the vault: not for the thread of a loop. What cannot
// be read has no end that is known.
[[nodiscard]] std::vector<oauth::Expiry> expiries_of(const config::Upstream& upstream,
                                                     vault::Vault& vault);

// The same, off the loop.
io::Task<std::vector<oauth::Expiry>> look_up_expiries(config::Upstream upstream, Secrets secrets);

}  // namespace truerelay::app
