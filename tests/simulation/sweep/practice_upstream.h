#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/cancellation.h"
#include "io/scope.h"
#include "io/stream.h"
#include "relay/settings.h"
#include "sandbox/settings.h"
#include "tests/simulation/network.h"
#include "tests/simulation/sweep/census.h"
#include "tests/simulation/sweep/practice_tls.h"
#include "tests/simulation/sweep/upstream_book.h"
#include "tests/simulation/sweep/whim.h"
#include "tests/simulation/world.h"

namespace truerelay::simulation {

// A practice upstream in a simulated world: it listens there, and keeps its book.
class PracticeUpstream {
 public:
  static constexpr std::uint16_t kPort = 587;

  // What is to be known of all of them.
  struct Surroundings {
    World& world;
    io::Scope& scope;  // Where its connections run.
    Network& network;
    const PracticeTls& practice;
    Census& census;
  };

  // `host` is its name for the relay too.
  PracticeUpstream(Surroundings surroundings, std::string host, relay::Tls tls,
                   sandbox::Settings settings);

  // From now on a connection may have a whim, or somebody else may answer it.
  void be_out_of_sorts() { whimsical_ = true; }
  // `good` tells which tokens are good for the account of `user`; asked at each connection, and
  // when refresh_tokens() says that others are now.
  void take_tokens(std::string user, std::function<std::vector<std::string>()> good);
  void refresh_tokens();
  void stop() { stop_.cancel(); }

  [[nodiscard]] const std::string& host() const { return host_; }
  [[nodiscard]] relay::Tls tls() const { return tls_; }
  [[nodiscard]] const UpstreamBook& book() const { return book_; }
  // Whoever spoke with a certificate that is not its own: nobody may have said anything to them.
  [[nodiscard]] const UpstreamBook& impostors() const { return impostors_; }

  // A server that asks for a login of theirs, and for TLS where it has it.
  [[nodiscard]] static sandbox::Settings settings_for(relay::Tls tls,
                                                      const std::vector<std::string>& users,
                                                      const std::string& password);

 private:
  // One connection: who answers it, and how.
  struct Visit {
    Whim plain;    // Before TLS,
    Whim secured;  // and inside of it.
    std::optional<PracticeTls::Impostor> impostor;
  };

  [[nodiscard]] Visit draw_visit();
  io::Task<void> serve(std::unique_ptr<io::Stream> stream, io::Peer peer);
  io::Task<void> turn_away(std::unique_ptr<io::Stream> stream, Whim whim);

  Surroundings around_;
  Random random_;
  const std::string host_;
  const relay::Tls tls_;
  sandbox::Settings settings_;
  std::string token_user_;
  std::function<std::vector<std::string>()> good_tokens_;
  bool whimsical_ = false;
  UpstreamBook book_;
  UpstreamBook impostors_;
  io::Cancellation stop_;
};

}  // namespace truerelay::simulation
