#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tls/client_context.h"
#include "tls/server_context.h"
#include "tls/trust_store.h"

namespace truerelay::simulation {

// TLS for the upstreams of all runs: making a key pair costs more than a whole run.
class PracticeTls {
 public:
  explicit PracticeTls(const std::vector<std::string>& hosts);

  [[nodiscard]] tls::ServerContext& server() const { return *server_; }
  // For one run: it begins without sessions to take up again.
  [[nodiscard]] std::unique_ptr<tls::ClientContext> client() const;

 private:
  std::shared_ptr<const tls::TrustStore> trust_;
  std::unique_ptr<tls::ServerContext> server_;
};

}  // namespace truerelay::simulation
