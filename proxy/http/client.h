#pragma once

#include <cstddef>

#include "http/message.h"
#include "io/cancellation.h"
#include "io/clock.h"
#include "io/dialer.h"
#include "io/failure.h"
#include "io/task.h"
#include "io/tls.h"

namespace truerelay::http {

// One request at a time over a connection of its own, through whatever dialer it is given.
//
// TLS with the trust of `tls` wherever the URL says https. It follows no redirects: a 3xx is an
// answer like others. Dialer and TLS client outlive it.
class Client {
 public:
  static constexpr std::size_t kLongestBody = std::size_t{64} * 1024;

  Client(io::Dialer& dialer, io::TlsClient& tls) : dialer_(dialer), tls_(tls) {}

  // The whole answer, by the deadline; its body has at most `longest_body` octets. Fails as the
  // dialer and the TLS client do, with closed, reset, timed_out or cancelled, and with malformed or
  // too_long where it is no proper HTTP. The detail names the server and holds nothing that was
  // sent or received.
  [[nodiscard]] io::Task<io::Result<Response>> send(Request request, io::Time deadline,
                                                    io::Cancellation& cancellation,
                                                    std::size_t longest_body = kLongestBody);

 private:
  io::Dialer& dialer_;
  io::TlsClient& tls_;
};

}  // namespace truerelay::http
