#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "io/cancellation.h"
#include "io/scope.h"
#include "io/stream.h"
#include "relay/settings.h"
#include "sandbox/settings.h"
#include "tests/simulation/network.h"
#include "tests/simulation/sweep/practice_tls.h"
#include "tests/simulation/sweep/upstream_book.h"
#include "tests/simulation/world.h"

namespace truerelay::simulation {

// A practice upstream in a simulated world: it listens there, and keeps its book.
class PracticeUpstream {
 public:
  static constexpr std::uint16_t kPort = 587;

  // `host` is its name for the relay too. Its connections run in `scope`.
  PracticeUpstream(World& world, io::Scope& scope, Network& network, const PracticeTls& practice,
                   std::string host, relay::Tls tls, sandbox::Settings settings);

  void stop() { stop_.cancel(); }

  [[nodiscard]] const std::string& host() const { return host_; }
  [[nodiscard]] relay::Tls tls() const { return tls_; }
  [[nodiscard]] const UpstreamBook& book() const { return book_; }

  // A server that asks for a login of theirs, and for TLS where it has it.
  [[nodiscard]] static sandbox::Settings settings_for(relay::Tls tls,
                                                      const std::vector<std::string>& users,
                                                      const std::string& password);

 private:
  io::Task<void> serve(std::unique_ptr<io::Stream> stream, io::Peer peer);

  World& world_;
  const PracticeTls& practice_;
  const std::string host_;
  const relay::Tls tls_;
  const sandbox::Settings settings_;
  UpstreamBook book_;
  io::Cancellation stop_;
};

}  // namespace truerelay::simulation
