#pragma once

#include "io/dialer.h"

namespace truerelay::net {

class Loop;

// Connections straight over TCP: resolves the name, races its addresses (RFC 8305).
class TcpDialer final : public io::Dialer {
 public:
  explicit TcpDialer(Loop& loop) : loop_(loop) {}

  io::Task<io::Result<io::Connection>> dial(io::Endpoint endpoint, io::Time deadline,
                                            io::Cancellation& cancellation) override;

 private:
  Loop& loop_;
};

}  // namespace truerelay::net
