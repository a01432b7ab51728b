#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "digest/key.h"
#include "io/cancellation.h"
#include "io/dialer.h"
#include "io/event.h"
#include "io/scope.h"
#include "io/tls.h"
#include "net/listener.h"
#include "net/loop.h"
#include "net/scratch_file.h"
#include "net/signals.h"
#include "net/worker.h"
#include "oauth/note.h"
#include "observe/events.h"
#include "relay/duplicates.h"
#include "relay/listener.h"
#include "relay/replay_memory.h"
#include "relay/services.h"
#include "relay/upstream.h"
#include "vault/vault.h"

namespace truerelay::app {

// The whole service of one configuration: everything that runs belongs to it, and several can stand
// in one process, each with a loop and a thread of its own.
class Engine {
 public:
  // Opens the log, loads certificates, listens. An error is a sentence for the administrator.
  [[nodiscard]] static std::expected<std::unique_ptr<Engine>, std::string> start(
      const config::Config& config);
  ~Engine();

  // Serves until stop(), and then until the sessions have ended or drain_timeout is over.
  void run();
  // From the loop's thread, heed_signals() included. The second call cuts the draining short.
  void stop();

  // SIGINT and SIGTERM stop the engine. For the one engine of a process that asks for it.
  void heed_signals();

  // Where it listens: "127.0.0.1:2525", as the system gave it.
  [[nodiscard]] std::vector<std::string> addresses() const;

 private:
  struct Place;  // An upstream, and the parts that it uses.
  struct Door;   // A listener, its TLS, and its sockets.

  explicit Engine(const config::Config& config);

  void warn_of(std::vector<config::Error> warnings);
  std::expected<void, std::string> open_upstreams(const config::Config& config);
  [[nodiscard]] oauth::Note note_about(std::string upstream);
  void watch_expiries(const config::Upstream& upstream, Place& place);
  [[nodiscard]] relay::Upstream* find(std::string_view upstream) const;
  std::expected<void, std::string> open_doors(const config::Config& config);
  std::string next_session_id();
  io::Task<void> supervise();
  io::Task<void> await_sessions();

  // In the order of their use of each other: what is below goes first.
  std::unique_ptr<observe::Events> log_;
  vault::Vault vault_;
  net::Loop loop_;
  net::Worker worker_;
  io::Cancellation stopping_;
  io::Cancellation stopped_;
  std::unique_ptr<io::Dialer> dialer_;
  digest::Key key_;
  relay::Duplicates duplicates_;
  relay::ReplayMemory replay_memory_;
  net::ScratchFiles scratch_;
  std::unique_ptr<relay::Services> services_;
  std::vector<std::unique_ptr<Place>> places_;
  std::vector<std::unique_ptr<Door>> doors_;
  std::unique_ptr<net::Signals> signals_;
  io::Scope contacts_;  // First contacts with upstreams.
  io::Scope supervision_;
  io::Event stop_asked_;
  io::Cancellation drained_;  // No session is left, or nobody wants to wait for them.
  io::Duration drain_timeout_;
  std::string id_prefix_;
  unsigned long long sessions_ = 0;
};

}  // namespace truerelay::app
