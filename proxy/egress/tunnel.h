#pragma once

#include "egress/proxy.h"
#include "io/dialer.h"
#include "io/failure.h"
#include "io/stream.h"
#include "io/task.h"

namespace truerelay::egress {

// Asks a proxy, at the other end of `stream`, for a connection to `target`. Afterwards the stream
// is that connection: not a byte behind the proxy's answer is read, for a mail server speaks first.
// The deadline of the stream must be set.
//
// Failures: proxy_failed, the detail a clause that goes after the proxy's name ("refused ..."); or
// as the stream does.

// HTTP CONNECT (RFC 9110 section 9.3.6), the user by Basic (RFC 7617).
[[nodiscard]] io::Task<io::Result<void>> connect_by_http(io::Stream& stream,
                                                         const io::Endpoint& target,
                                                         const std::string& user,
                                                         const Redacted& password);

// SOCKS5 (RFC 1928), the user by RFC 1929. A host name goes to the proxy as it is, which resolves
// it.
[[nodiscard]] io::Task<io::Result<void>> connect_by_socks5(io::Stream& stream,
                                                           const io::Endpoint& target,
                                                           const std::string& user,
                                                           const Redacted& password);

}  // namespace truerelay::egress
