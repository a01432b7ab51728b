#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "auth/local_users.h"
#include "digest/key.h"
#include "io/cancellation.h"
#include "io/scope.h"
#include "relay/listener.h"
#include "relay/upstream.h"
#include "tests/simulation/sweep/login_source.h"
#include "tests/simulation/world.h"

namespace truerelay::simulation {

// The settings of one generation of the relay.
struct Plan {
  relay::UpstreamSettings upstream{};
  std::optional<relay::UpstreamSettings> fallback{};
  std::vector<relay::ListenerSettings> listeners{};
  LoginKind login = LoginKind::password;
  bool first_contact = false;  // With the upstreams, before any client comes.
};

// What all generations use and none owns.
struct Lasting {
  World& world;
  io::Dialer& dialer;
  io::TlsClient& tls;
  observe::Events& events;
  const digest::Key& key;
  relay::Duplicates& duplicates;
  relay::ReplayMemory& replay_memory;
  io::ScratchMaker& scratch;
  auth::LocalUsers& local_users;
  TokenOffice* office;
};

// The parts of the relay that go with its settings. After a reload the old ones stand beside the
// new ones until their sessions have ended.
class Generation {
 public:
  Generation(const Lasting& lasting, Plan plan);

  void accept(std::size_t client, std::unique_ptr<io::Stream> stream, io::Peer peer,
              std::string id);
  [[nodiscard]] std::size_t sessions() const;
  [[nodiscard]] bool retiring() const { return stopping_.requested(); }
  [[nodiscard]] bool cut_short() const { return cut_short_; }

  // No new transactions; what is under way has so much time, then it is ended. Returns when all has
  // ended and the upstreams have been taken leave of.
  io::Task<void> retire(io::Duration drain_timeout);

 private:
  [[nodiscard]] std::unique_ptr<relay::Upstream> make(relay::UpstreamSettings settings,
                                                      LoginSource& login);
  io::Task<void> see_out();

  const Lasting lasting_;
  io::Cancellation stopping_;
  io::Cancellation stopped_;
  io::Cancellation drained_;
  bool cut_short_ = false;
  relay::Services services_;
  LoginSource login_;
  LoginSource fallback_login_;
  std::unique_ptr<relay::Upstream> fallback_;
  std::unique_ptr<relay::Upstream> upstream_;
  std::vector<std::unique_ptr<relay::Listener>> listeners_;
  io::Scope contacts_;
};

}  // namespace truerelay::simulation
