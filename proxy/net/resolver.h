#pragma once

#include <vector>

#include "io/cancellation.h"
#include "io/clock.h"
#include "io/dialer.h"
#include "io/failure.h"
#include "io/task.h"
#include "net/socket_address.h"

namespace truerelay::net {

class Loop;

// The addresses of a host, in the order that the system prefers (RFC 6724), IPv4 and IPv6 alike; at
// least one. An address literal is its own answer, without asking anybody.
//
// The system is asked on libuv's threads (getaddrinfo). A lookup cannot be interrupted: when the
// deadline passes or the work is cancelled, this returns, and the late answer is dropped.
// Fails with name_not_resolved, timed_out or cancelled.
[[nodiscard]] io::Task<io::Result<std::vector<SocketAddress>>> resolve(
    Loop& loop, io::Endpoint endpoint, io::Time deadline, io::Cancellation& cancellation);

}  // namespace truerelay::net
