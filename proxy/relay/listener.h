#pragma once

#include <memory>

#include "io/ip_address.h"
#include "io/scope.h"
#include "io/stream.h"
#include "io/tls.h"
#include "relay/services.h"
#include "relay/settings.h"
#include "relay/upstream.h"

namespace truerelay::relay {

// Where clients come in: runs a session for each connection that it is handed. Owns its sessions;
// whoever owns it cancels `stopping`, and later `stopped`, and awaits finished() before it goes.
class Listener {
 public:
  Listener(const Services& services, ListenerSettings settings, Upstream& upstream,
           io::TlsServer* tls)
      : services_(services),
        settings_(std::move(settings)),
        upstream_(upstream),
        tls_(tls),
        sessions_(services.executor) {}

  void accept(std::unique_ptr<io::Stream> stream, io::Peer peer, std::string session_id);

  [[nodiscard]] std::size_t sessions() const { return sessions_.running(); }
  io::Task<void> finished() { return sessions_.finished(); }

 private:
  const Services& services_;
  ListenerSettings settings_;
  Upstream& upstream_;
  io::TlsServer* tls_;
  io::Scope sessions_;
};

}  // namespace truerelay::relay
