#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>

#include "io/dialer.h"
#include "io/ip_address.h"
#include "io/stream.h"
#include "tests/simulation/attempt.h"
#include "tests/simulation/link.h"
#include "tests/simulation/trace.h"
#include "tests/simulation/world.h"

namespace truerelay::simulation {

[[nodiscard]] io::IpAddress ipv4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d);

// Who listens where, and how connections come about.
//
// Both sides of the relay are dialled through it: simulated clients dial the relay's listeners, the
// relay dials the simulated upstreams. It outlives the dialers, not necessarily the links.
class Network {
 public:
  // Called from the loop, a little after the dialer knows of the connection, which may already have
  // brought bytes or be gone. It may spawn a coroutine.
  using Accept = std::function<void(std::unique_ptr<io::Stream>, io::Peer)>;
  // Decides about an attempt; `number` counts those of the whole network, from 1.
  using Plan =
      std::function<Attempt(const io::Endpoint& endpoint, std::uint64_t number, Random& random)>;

  // Without a plan every attempt succeeds soon, on a perfect link.
  explicit Network(World& world, Trace* trace = nullptr);
  ~Network();
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  void set_plan(Plan plan) { plan_ = std::move(plan); }

  // A host exists once anything has listened there, and then has an address. A host that is an
  // address literal always exists.
  void listen(const std::string& host, std::uint16_t port, Accept accept);
  void stop_listening(const std::string& host, std::uint16_t port);

  [[nodiscard]] std::uint64_t attempts() const { return attempts_; }

 private:
  friend class SimulatedDialer;
  class Arrival;

  Attempt plan(const io::Endpoint& endpoint, std::string& name);
  [[nodiscard]] bool exists(const std::string& host) const;
  [[nodiscard]] bool listens(const io::Endpoint& endpoint) const;
  [[nodiscard]] std::string address_of(const io::Endpoint& endpoint) const;
  std::unique_ptr<io::Stream> connect(const io::Endpoint& endpoint, const io::IpAddress& source,
                                      std::string name, Attempt attempt);
  void arrive(Arrival& arrival);

  World& world_;
  Trace* const trace_;
  Random random_;
  Plan plan_;
  std::map<std::string, std::string> hosts_;  // Name to address.
  std::map<std::pair<std::string, std::uint16_t>, Accept> listeners_;
  std::list<Arrival> arrivals_;  // Connections that their server has not accepted yet.
  std::uint64_t attempts_ = 0;
};

// Dials over the simulated network, from one IPv4 address.
class SimulatedDialer final : public io::Dialer {
 public:
  SimulatedDialer(Network& network, io::IpAddress source) : network_(network), source_(source) {}

  io::Task<io::Result<io::Connection>> dial(io::Endpoint endpoint, io::Time deadline,
                                            io::Cancellation& cancellation) override;

 private:
  Network& network_;
  const io::IpAddress source_;
};

}  // namespace truerelay::simulation
