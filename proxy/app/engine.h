#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/blueprint.h"
#include "app/generation.h"
#include "app/sockets.h"
#include "app/standings.h"
#include "auth/local_users.h"
#include "config/config.h"
#include "digest/key.h"
#include "io/cancellation.h"
#include "io/dialer.h"
#include "io/event.h"
#include "io/scope.h"
#include "io/task.h"
#include "net/loop.h"
#include "net/scratch_file.h"
#include "net/signals.h"
#include "net/worker.h"
#include "observe/events.h"
#include "relay/duplicates.h"
#include "relay/replay_memory.h"
#include "relay/services.h"
#include "vault/vault.h"

namespace truerelay::app {

// The whole service of a configuration, and of those that take its place: everything that runs
// belongs to it, and several can stand in one process, each with a loop and a thread of its own.
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

  // From the loop's thread, for who runs the service: reads the configuration's files again, soon.
  // With an error in them, or an address that cannot be had, the log says so and all stays as it
  // is. Else what has changed takes its place at once: clients that come find the new settings;
  // those who are here keep what they found, until drain_timeout is over and their transaction has
  // its answer. What did not change goes on with its connections and sessions as if nothing had
  // happened. Calls that come while files are being read lead to one more reading. While the engine
  // stops, nothing is read.
  void reload();

  // SIGINT and SIGTERM stop the engine, SIGHUP reloads. For the one engine of a process that asks
  // for it.
  void heed_signals();

  // Where it listens: "127.0.0.1:2525", as the system gave it.
  [[nodiscard]] std::vector<std::string> addresses() const;

 private:
  explicit Engine(const config::Config& config);

  void warn_of(std::vector<config::Error> warnings);
  void take_over(Blueprint drawn, Sockets::Opened opened);
  io::Task<void> carry_out_reloads();
  io::Task<void> read_again();
  void refuse(const std::vector<config::Error>& errors);
  void see_out(const Generation& former);
  io::Task<void> see_out(std::shared_ptr<Door> door);
  io::Task<void> let_go(std::shared_ptr<Place> place);
  std::string next_session_id();
  io::Task<void> supervise();
  io::Task<void> await_sessions();
  static io::Task<void> close(std::shared_ptr<Place> place);

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
  std::unique_ptr<auth::LocalUsers> local_users_;
  std::unique_ptr<relay::Services> services_;
  std::unique_ptr<Surroundings> around_;
  Standings standings_;
  const config::Log log_settings_;      // As the engine was started: a reload
  const config::Vault vault_settings_;  // cannot change them.
  config::Config config_;               // That is in force.
  Generation generation_;               // Of it.
  std::unique_ptr<Sockets> sockets_;
  std::unique_ptr<net::Signals> signals_;
  io::Scope former_;  // What is left of former generations.
  io::Scope reloads_;
  bool reload_asked_ = false;
  io::Scope supervision_;
  io::Event stop_asked_;
  io::Cancellation drained_;  // No session is left, or nobody wants to wait for them.
  std::string id_prefix_;
  unsigned long long sessions_ = 0;
};

}  // namespace truerelay::app
