#include "tests/simulation/sweep/practice_tls.h"

#include <chrono>
#include <utility>

#include "tests/simulation/world.h"
#include "tls/practice_authority.h"

namespace truerelay::simulation {
namespace {

using Validity = tls::PracticeAuthority::Validity;

std::unique_ptr<tls::ServerContext> server_of(const tls::PracticeAuthority& authority,
                                              const std::vector<std::string>& hosts,
                                              const Validity& validity) {
  const tls::PracticeAuthority::Issued issued = authority.issue(
      {.common_name = hosts.front(), .names = hosts, .addresses = {}, .validity = validity});
  return tls::ServerContext::parse(issued.chain, issued.key).value();
}

}  // namespace

PracticeTls::PracticeTls(const std::vector<std::string>& hosts) {
  // Around the simulated world's present, 2025, and that of whoever runs it.
  const auto year = std::chrono::hours(24 * 365);
  const io::WallTime now = World(0).wall_now();
  const Validity good{now - 2 * year, now + 40 * year};
  const tls::PracticeAuthority authority("sweep authority", good);
  trust_ = tls::TrustStore::parse(authority.certificate(), "the sweep's authority").value();
  server_ = server_of(authority, hosts, good);
  const tls::PracticeAuthority stranger("another authority", good);
  impostors_ = {server_of(stranger, hosts, good), server_of(authority, {"elsewhere.example"}, good),
                server_of(authority, hosts, {now - 2 * year, now - year})};
}

std::unique_ptr<tls::ClientContext> PracticeTls::client() const {
  tls::ClientContext::Settings settings;
  settings.trust = trust_;
  return tls::ClientContext::create(std::move(settings)).value();
}

Event event_of(PracticeTls::Impostor kind) {
  switch (kind) {
    case PracticeTls::Impostor::stranger:
      return Event::certificate_of_stranger;
    case PracticeTls::Impostor::other_host:
      return Event::certificate_of_other_host;
    case PracticeTls::Impostor::expired:
      break;
  }
  return Event::certificate_expired;
}

}  // namespace truerelay::simulation
