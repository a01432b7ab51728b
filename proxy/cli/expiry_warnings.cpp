#include "cli/expiry_warnings.h"

#include <fmt/core.h>

#include <chrono>

#include "app/expiries.h"

namespace truerelay::cli {

void print_expiry_warnings(const config::Upstream& upstream, vault::Vault& vault) {
  const io::WallTime now =
      std::chrono::floor<io::WallTime::duration>(std::chrono::system_clock::now());
  for (const oauth::Expiry& expiry : app::expiries_of(upstream, vault)) {
    if (const std::optional<std::string> warning = oauth::expiry_warning(expiry, now)) {
      fmt::print("{}: warning: {}\n", upstream.file.string(), *warning);
    }
  }
}

}  // namespace truerelay::cli
