#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "io/cancellation.h"
#include "io/ip_address.h"
#include "io/scope.h"
#include "io/stream.h"
#include "io/tls.h"
#include "relay/services.h"
#include "relay/session.h"
#include "relay/settings.h"
#include "relay/upstream.h"

namespace truerelay::relay {

// Where clients come in: runs a session for each connection that it is handed. Owns its sessions;
// whoever owns it cancels `stopping`, and later `stopped`, and awaits finished() before it goes.
class Listener {
 public:
  // The clients that are counted together: those of a listener, and those that are left of the
  // listener whose place it took.
  struct Crowd {
    std::size_t clients = 0;
  };

  Listener(const Services& services, ListenerSettings settings, Upstream& upstream,
           io::TlsServer* tls, std::shared_ptr<Crowd> crowd = std::make_shared<Crowd>())
      : services_(services),
        settings_(std::move(settings)),
        upstream_(upstream),
        tls_(tls),
        crowd_(std::move(crowd)),
        sessions_(services.executor) {}

  void accept(std::unique_ptr<io::Stream> stream, io::Peer peer, std::string session_id);

  // Other settings have taken the place of these: sessions end with 421 where they have no
  // transaction, and the others when theirs has had its answer.
  void retire() { retired_.cancel(); }

  [[nodiscard]] std::size_t sessions() const { return sessions_.running(); }
  [[nodiscard]] const std::shared_ptr<Crowd>& crowd() const { return crowd_; }
  io::Task<void> finished() { return sessions_.finished(); }

 private:
  io::Task<void> run(SessionParts parts);

  const Services& services_;
  ListenerSettings settings_;
  Upstream& upstream_;
  io::TlsServer* tls_;
  const std::shared_ptr<Crowd> crowd_;
  io::Cancellation retired_;
  io::Scope sessions_;
};

}  // namespace truerelay::relay
