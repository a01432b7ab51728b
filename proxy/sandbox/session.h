#pragma once

#include <memory>
#include <optional>

#include "io/cancellation.h"
#include "io/clock.h"
#include "io/executor.h"
#include "io/ip_address.h"
#include "io/stream.h"
#include "io/task.h"
#include "io/tls.h"
#include "sandbox/ledger.h"
#include "sandbox/settings.h"

namespace truerelay::sandbox {

// The practice upstream: a submission server (RFC 6409, RFC 5321) that delivers nothing. Addresses
// order outcomes (sandbox/orders.h), the ledger records what truly happened.
//
// Its session shares no code with the relay's, so that the two do not share their mistakes.

// What a session works with; all of it outlives the session.
struct Services {
  io::Clock& clock;
  io::Executor& executor;
  io::Cancellation& cancellation;  // Closes the connection, at the latest after its TLS handshake.
  Ledger& ledger;
  io::TlsServer* tls = nullptr;  // STARTTLS is offered where there is one.
};

// A client that has connected.
struct Arrival {
  std::unique_ptr<io::Stream> stream;
  io::Peer peer;
  std::optional<io::TlsFacts> tls;  // The stream is secured already (implicit TLS, RFC 8314).
};

// Runs one connection from the greeting to its end. Every wait has a deadline.
[[nodiscard]] io::Task<void> serve(const Settings& settings, Services services, Arrival arrival);

}  // namespace truerelay::sandbox
