#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "digest/key.h"
#include "io/cancellation.h"
#include "io/scope.h"
#include "relay/listener.h"
#include "relay/services.h"
#include "relay/standing.h"
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
  const digest::Key& key;
  TokenOffice* office;
  const relay::Services& services;
  // With each upstream and login, whatever the settings.
  std::map<std::string, std::shared_ptr<relay::Standing>, std::less<>>& standings;
};

// The parts of the relay that go with its settings. After a reload the old ones stand beside the
// new ones until their sessions have ended, as app::Engine has it where all settings have changed.
class Generation {
 public:
  // `former`: whose place it takes; nullptr for the first one.
  Generation(const Lasting& lasting, Plan plan, const Generation* former);

  void accept(std::size_t client, std::unique_ptr<io::Stream> stream, io::Peer peer,
              std::string id);
  [[nodiscard]] std::size_t sessions() const;
  // Sessions were left when the time to finish was over.
  [[nodiscard]] bool outlasted() const { return outlasted_; }

  // Other settings take its place: sessions have so much time, then they are asked to end. Returns
  // when they have, and the upstreams have been taken leave of.
  io::Task<void> give_way(io::Duration drain_timeout);
  // The service is being stopped: nothing begins here any more.
  void rest();
  // Returns when all sessions have ended and the upstreams have been taken leave of.
  io::Task<void> finish();

 private:
  class Patience;

  [[nodiscard]] std::unique_ptr<relay::Upstream> make(relay::UpstreamSettings settings,
                                                      LoginSource& login);
  [[nodiscard]] std::shared_ptr<relay::Listener::Crowd> crowd(std::size_t listener) const;

  const Lasting lasting_;
  const LoginKind login_kind_;
  io::Cancellation ending_;
  bool outlasted_ = false;
  LoginSource login_;
  LoginSource fallback_login_;
  std::unique_ptr<relay::Upstream> fallback_;
  std::unique_ptr<relay::Upstream> upstream_;
  std::vector<std::unique_ptr<relay::Listener>> listeners_;
  io::Scope contacts_;
};

}  // namespace truerelay::simulation
