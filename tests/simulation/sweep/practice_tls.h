#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/sweep/census.h"
#include "tls/client_context.h"
#include "tls/server_context.h"
#include "tls/trust_store.h"

namespace truerelay::simulation {

// TLS for the upstreams of all runs: making a key pair costs more than a whole run.
class PracticeTls {
 public:
  // Certificates that nobody may take for those of an upstream.
  enum class Impostor { stranger, other_host, expired };

  explicit PracticeTls(const std::vector<std::string>& hosts);

  [[nodiscard]] tls::ServerContext& server() const { return *server_; }
  [[nodiscard]] tls::ServerContext& impostor(Impostor kind) const {
    return *impostors_.at(static_cast<std::size_t>(kind));
  }
  // For one run: it begins without sessions to take up again.
  [[nodiscard]] std::unique_ptr<tls::ClientContext> client() const;

 private:
  std::shared_ptr<const tls::TrustStore> trust_;
  std::unique_ptr<tls::ServerContext> server_;
  std::array<std::unique_ptr<tls::ServerContext>, 3> impostors_;
};

// Under what it is counted.
[[nodiscard]] Event event_of(PracticeTls::Impostor kind);

}  // namespace truerelay::simulation
