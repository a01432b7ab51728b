#include "relay/listener.h"

#include <algorithm>

namespace truerelay::relay {
namespace {

// So many more may come in just to hear that the place is full; beyond them a connection is closed.
constexpr std::size_t kMostRefusedAtOnce = 100;

}  // namespace

void Listener::accept(std::unique_ptr<io::Stream> stream, io::Peer peer, std::string session_id) {
  if (crowd_->clients >= settings_.max_clients + kMostRefusedAtOnce) {
    services_.events.session_failed({.session = std::move(session_id),
                                     .listener = settings_.name,
                                     .client = peer.address,
                                     .helo = "",
                                     .transactions = 0,
                                     .reason = "too many connections even to refuse them"});
    return;
  }
  const bool welcome = std::ranges::any_of(
      settings_.allow, [&](const io::IpNetwork& network) { return network.contains(peer.ip); });
  sessions_.spawn(run({.services = services_,
                       .listener = settings_,
                       .upstream = upstream_,
                       .tls = tls_,
                       .retired = retired_,
                       .stream = std::move(stream),
                       .peer = std::move(peer),
                       .id = std::move(session_id),
                       .welcome = welcome,
                       .crowded = crowd_->clients >= settings_.max_clients}));
}

io::Task<void> Listener::run(SessionParts parts) {
  ++crowd_->clients;
  co_await run_session(std::move(parts));
  --crowd_->clients;
}

}  // namespace truerelay::relay
