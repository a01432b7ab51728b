#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "io/dialer.h"
#include "io/stream.h"
#include "io/tls.h"

namespace truerelay::simulation {

// Sees what the relay says to one upstream and hears from it, on the relay's side of the wire and
// outside of TLS: what was handed on is known here exactly, and nowhere else.
class Watch {
 public:
  virtual ~Watch() = default;
  // A write begins; what is returned is written instead.
  virtual std::string writes(std::string_view bytes) = 0;
  // It is done: all of it was handed on, or not.
  virtual void written(bool all) = 0;
  virtual void reads(std::string_view bytes) = 0;
  // Octets of the connection itself, those of TLS included.
  virtual void carried(std::size_t written, std::size_t read) = 0;
};

// Makes a watch for each connection.
class Watcher {
 public:
  virtual ~Watcher() = default;
  virtual std::shared_ptr<Watch> connected(const io::Endpoint& endpoint) = 0;
};

// The dialer and the TLS client that the relay is given where it is watched. They belong together:
// the TLS client secures only streams that came from such a dialer.
class WatchedDialer final : public io::Dialer {
 public:
  WatchedDialer(io::Dialer& dialer, Watcher& watcher) : dialer_(dialer), watcher_(watcher) {}
  io::Task<io::Result<io::Connection>> dial(io::Endpoint endpoint, io::Time deadline,
                                            io::Cancellation& cancellation) override;

 private:
  io::Dialer& dialer_;
  Watcher& watcher_;
};

class WatchedTls final : public io::TlsClient {
 public:
  explicit WatchedTls(io::TlsClient& tls) : tls_(tls) {}
  io::Task<io::Result<io::SecuredStream>> secure(std::unique_ptr<io::Stream> plain,
                                                 std::string host) override;

 private:
  io::TlsClient& tls_;
};

}  // namespace truerelay::simulation
