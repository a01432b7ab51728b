#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "io/cancellation.h"
#include "io/clock.h"
#include "io/failure.h"
#include "io/stream.h"
#include "io/task.h"

namespace truerelay::io {

// A host name or address literal (without brackets) and a TCP port.
struct Endpoint {
  std::string host;
  std::uint16_t port = 0;
};

struct Connection {
  std::unique_ptr<Stream> stream;
  std::string address;  // The peer that answered: "192.0.2.1:587" or "[2001:db8::1]:587".
};

// Makes outgoing connections: over TCP, through an egress proxy, or simulated.
class Dialer {
 public:
  virtual ~Dialer() = default;

  // Tries every address of the host (RFC 8305). Fails with name_not_resolved, unreachable (the
  // detail names each address tried and why it failed), timed_out or cancelled.
  // The stream has no deadline set.
  virtual Task<Result<Connection>> dial(Endpoint endpoint, Time deadline,
                                        Cancellation& cancellation) = 0;
};

}  // namespace truerelay::io
