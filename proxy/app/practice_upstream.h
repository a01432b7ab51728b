#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <string>

#include "io/cancellation.h"
#include "io/event.h"
#include "io/scope.h"
#include "io/tls.h"
#include "net/listener.h"
#include "net/loop.h"
#include "net/signals.h"
#include "sandbox/ledger.h"
#include "sandbox/settings.h"

namespace truerelay::app {

// The practice upstream on real sockets: two ports on loopback, one for STARTTLS and one for
// implicit TLS (RFC 8314).
class PracticeUpstream {
 public:
  struct Ports {
    std::uint16_t starttls = 0;  // 0: any that is free.
    std::uint16_t implicit = 0;
  };

  // An error is a sentence.
  [[nodiscard]] static std::expected<std::unique_ptr<PracticeUpstream>, std::string> start(
      sandbox::Settings settings, std::unique_ptr<io::TlsServer> tls,
      const std::filesystem::path& mail_folder, Ports ports);

  // Serves until SIGINT or SIGTERM.
  void run();

  // As the system gave them.
  [[nodiscard]] Ports ports() const { return {starttls_->port(), implicit_->port()}; }

 private:
  PracticeUpstream(sandbox::Settings settings, std::unique_ptr<io::TlsServer> tls);

  void accept(std::unique_ptr<io::Stream> stream, io::Peer peer, bool implicit);
  io::Task<void> serve(std::unique_ptr<io::Stream> stream, io::Peer peer, bool implicit);
  io::Task<void> supervise();

  sandbox::Settings settings_;
  std::unique_ptr<io::TlsServer> tls_;
  net::Loop loop_;
  io::Cancellation stopping_;
  std::unique_ptr<sandbox::Ledger> ledger_;
  std::unique_ptr<net::Listener> starttls_;
  std::unique_ptr<net::Listener> implicit_;
  std::unique_ptr<net::Signals> signals_;
  io::Scope sessions_;
  io::Scope supervision_;
  io::Event stop_asked_;
};

}  // namespace truerelay::app
