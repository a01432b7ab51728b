#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/generation.h"
#include "config/config.h"
#include "io/ip_address.h"
#include "io/stream.h"
#include "net/listener.h"
#include "net/loop.h"
#include "observe/events.h"

namespace truerelay::app {

// The listening sockets, and the door that each leads to. They outlast generations: an address that
// stands in the next configuration too is never closed, whatever else changes, so that no client is
// turned away and none that waits in the system's queue is lost.
class Sockets {
 public:
  using OnClient = std::function<void(Door&, std::unique_ptr<io::Stream>, io::Peer)>;

  Sockets(net::Loop& loop, observe::Events& events, OnClient on_client);

  struct Socket {
    config::ListenAddress address;  // As it was asked for.
    Door* door = nullptr;
    std::unique_ptr<net::Listener> listener;
  };
  using Opened = std::vector<std::unique_ptr<Socket>>;
  // Opens those that `config` asks for and that are not open. Nobody is let in by them before
  // lead_to(); where they go without it, they are closed. An error is a sentence.
  [[nodiscard]] std::expected<Opened, std::string> open(const config::Config& config);
  // From now on clients come to these doors. What leads to none is closed.
  void lead_to(const Generation& generation, Opened opened);

  // No client comes any more.
  void stop();
  // "127.0.0.1:2525", in the order of the doors.
  [[nodiscard]] std::vector<std::string> addresses() const;

 private:
  std::expected<std::unique_ptr<Socket>, std::string> open_one(
      const config::ListenAddress& address);
  [[nodiscard]] std::string remedy(const config::ListenAddress& address) const;

  net::Loop& loop_;
  observe::Events& events_;
  OnClient on_client_;
  std::vector<std::unique_ptr<Socket>> all_;
};

}  // namespace truerelay::app
