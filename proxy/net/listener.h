#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "io/clock.h"
#include "io/dialer.h"
#include "io/failure.h"
#include "io/ip_address.h"
#include "io/stream.h"
#include "net/handle.h"
#include "net/socket_address.h"

namespace truerelay::net {

class Loop;

// Takes TCP connections at one address. "::" takes IPv6 only, so that 0.0.0.0 can stand beside it
// on the same port.
//
// When the process is about to run out of open files, nothing is accepted for a while; those who
// knock wait in the system's queue and are let in as soon as there is room.
class Listener final : private io::Timer {
 public:
  // The stream has no deadline yet. May stop() the listener, may not destroy it.
  using OnStream = std::function<void(std::unique_ptr<io::Stream>, io::Peer)>;
  // A sentence for the log: accepting goes badly, and why. Seldom more than ten a second.
  using OnTrouble = std::function<void(std::string_view)>;

  // `address.host` is a literal, port 0 lets the system choose. Fails with a sentence that says
  // what to do (the kind is always unreachable).
  [[nodiscard]] static io::Result<std::unique_ptr<Listener>> open(Loop& loop,
                                                                  const io::Endpoint& address,
                                                                  OnStream on_stream,
                                                                  OnTrouble on_trouble);

  [[nodiscard]] std::uint16_t port() const { return bound_.port; }
  [[nodiscard]] std::string address() const { return text(bound_); }  // "127.0.0.1:2525"

  // No connection comes any more; who waits in the system's queue is turned away by the system.
  // Streams that were handed out go on.
  void stop();

 private:
  Listener(Loop& loop, const SocketAddress& address, OnStream on_stream, OnTrouble on_trouble);

  int listen();
  void knocked(int error);
  void accept();
  void expire() override;

  Loop& loop_;
  SocketAddress bound_;
  OnStream on_stream_;
  OnTrouble on_trouble_;
  TcpHandle handle_;
  int recent_ = 0;  // The descriptor of the latest connection.
};

}  // namespace truerelay::net
