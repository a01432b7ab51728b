#pragma once

#include "config/config.h"
#include "vault/vault.h"

namespace truerelay::cli {

// Prints a warning for each thing of the upstream's [oauth] that has expired or will soon.
void print_expiry_warnings(const config::Upstream& upstream, vault::Vault& vault);

}  // namespace truerelay::cli
