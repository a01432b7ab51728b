#pragma once

#include "egress/proxy.h"
#include "io/dialer.h"

namespace truerelay::egress {

// Connections through a proxy. The host's name goes to the proxy, which looks it up.
//
// Whatever goes wrong at the proxy or on the way to it is proxy_failed, its detail naming the proxy
// and its own words, never the password. `direct` connects to the proxy, and outlives this.
class ProxyDialer final : public io::Dialer {
 public:
  ProxyDialer(io::Dialer& direct, Proxy proxy, PasswordOf password);

  io::Task<io::Result<io::Connection>> dial(io::Endpoint endpoint, io::Time deadline,
                                            io::Cancellation& cancellation) override;

 private:
  [[nodiscard]] std::unexpected<io::Failure> failed(const io::Failure& why) const;

  io::Dialer& direct_;
  const Proxy proxy_;
  const PasswordOf password_;
};

}  // namespace truerelay::egress
