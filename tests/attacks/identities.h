#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "io/clock.h"
#include "io/tls.h"
#include "tls/client_context.h"
#include "tls/practice_authority.h"
#include "tls/server_context.h"
#include "tls/trust_store.h"

namespace truerelay::attacks {

// Certificates are judged by the real time, whatever the simulated one is.
inline tls::PracticeAuthority::Validity valid_days(int from, int until) {
  const auto now = std::chrono::time_point_cast<io::Duration>(std::chrono::system_clock::now());
  return {now + std::chrono::days(from), now + std::chrono::days(until)};
}

inline std::shared_ptr<io::TlsServer> serving(const tls::PracticeAuthority::Issued& issued) {
  return tls::ServerContext::parse(issued.chain, issued.key).value();
}

// An authority that the relay trusts, and what it needs for that.
struct Trusted {
  const tls::PracticeAuthority authority{"Practice CA", valid_days(-10, 10)};

  [[nodiscard]] std::shared_ptr<io::TlsClient> client() const {
    tls::ClientContext::Settings settings;
    settings.trust = tls::TrustStore::parse(authority.certificate(), "practice.pem").value();
    return tls::ClientContext::create(std::move(settings)).value();
  }
  [[nodiscard]] tls::PracticeAuthority::Issued certificate_for(const std::string& host) const {
    return authority.issue(
        {.common_name = host, .names = {host}, .addresses = {}, .validity = valid_days(-1, 1)});
  }
};

}  // namespace truerelay::attacks
