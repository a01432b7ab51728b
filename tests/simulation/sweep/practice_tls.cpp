#include "tests/simulation/sweep/practice_tls.h"

#include <chrono>
#include <utility>

#include "tests/simulation/world.h"
#include "tls/practice_authority.h"

namespace truerelay::simulation {

PracticeTls::PracticeTls(const std::vector<std::string>& hosts) {
  // Around the simulated world's present, 2025.
  const auto year = std::chrono::hours(24 * 365);
  const io::WallTime now = World(0).wall_now();
  const tls::PracticeAuthority authority("sweep authority", {now - 2 * year, now + 40 * year});
  const tls::PracticeAuthority::Issued issued =
      authority.issue({.common_name = hosts.front(),
                       .names = hosts,
                       .addresses = {},
                       .validity = {now - 2 * year, now + 40 * year}});
  trust_ = tls::TrustStore::parse(authority.certificate(), "the sweep's authority").value();
  server_ = tls::ServerContext::parse(issued.chain, issued.key).value();
}

std::unique_ptr<tls::ClientContext> PracticeTls::client() const {
  tls::ClientContext::Settings settings;
  settings.trust = trust_;
  return tls::ClientContext::create(std::move(settings)).value();
}

}  // namespace truerelay::simulation
