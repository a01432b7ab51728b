#pragma once

#include <memory>
#include <string>

#include "io/cancellation.h"
#include "io/ip_address.h"
#include "io/stream.h"
#include "io/task.h"
#include "io/tls.h"
#include "relay/services.h"
#include "relay/settings.h"
#include "relay/upstream.h"

namespace truerelay::relay {

struct SessionParts {
  const Services& services;
  const ListenerSettings& listener;
  Upstream& upstream;
  io::TlsServer* tls;         // nullptr where the listener has no TLS.
  io::Cancellation& retired;  // Other settings have taken the place of these.
  std::unique_ptr<io::Stream> stream;
  io::Peer peer;
  std::string id;
  bool welcome;  // On the allow list; others hear why not.
  bool crowded;  // All places are taken.
};

// One client connection, from greeting to goodbye. Every end is an SMTP reply, save where the
// client itself is gone.
io::Task<void> run_session(SessionParts parts);

}  // namespace truerelay::relay
