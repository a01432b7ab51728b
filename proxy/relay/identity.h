#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "auth/credentials.h"
#include "digest/digest.h"
#include "io/cancellation.h"
#include "io/clock.h"
#include "io/executor.h"
#include "io/scope.h"
#include "io/task.h"
#include "relay/account.h"
#include "relay/failure.h"
#include "relay/lease.h"
#include "relay/waiting_line.h"

namespace truerelay::relay {

class Client;
class Upstream;

// Who asks for a connection.
struct Asker {
  const void* group;               // Its listener: the listeners take turns.
  const Client* client;            // Where it has left, its turn is the next one's; may be nullptr.
  io::Time until;                  // How long it waits for its turn.
  io::Cancellation& cancellation;  // Ends the wait.
  bool message = true;             // For a message, which the budget counts; else just to log in.
};

// One login at one upstream: the connections that are logged in with it, and the clients that wait
// for one. What it may still ask of the upstream is its account's to say.
//
// Connections are opened when somebody waits, and lent to whoever's turn it is; the last one used
// is the next one used, so that the others grow old and are closed (`idle_close`). A login that the
// upstream refused is not tried again at once, for an ERP with a thousand invoices would lock its
// own account.
class Identity final : private Account::Member {
 public:
  // `scope` runs what goes on in the background, until `closing`.
  Identity(Upstream& upstream, std::shared_ptr<Account> account, io::Scope& scope,
           io::Cancellation& closing);
  Identity(const Identity&) = delete;
  Identity& operator=(const Identity&) = delete;
  ~Identity();

  // A connection that is ready for MAIL. `as_client` is nullptr for the stored credentials; all
  // callers of one Identity bring the same.
  io::Task<Result<Lease>> lease(const auth::Credentials* as_client, Asker asker);

  // Opens a connection where none is there or on its way, so that it is ready when it is needed.
  void warm();

  // The upstream finds it too much.
  void slow_down(Throttle throttle);

  // It has no connection, and nobody waits for one.
  [[nodiscard]] bool vacant() const { return connections() == 0 && line_.empty(); }

  // Takes leave of the upstream on the connections that nobody uses.
  void leave_idle();
  // The same; nobody may wait any more.
  void close();

  [[nodiscard]] Upstream& upstream() const { return upstream_; }

 private:
  friend class Lease;
  class Waiter;
  class Idle;
  struct Serve final : io::Executor::Job {
    explicit Serve(Identity& owner) : identity(owner) {}
    void run() override { identity.serve(); }
    Identity& identity;
  };
  struct Chance final : io::Timer {
    Chance(Identity& owner, io::Clock& clock) : Timer(clock), identity(owner) {}
    void expire() override { identity.serve_soon(); }
    Identity& identity;
  };

  void take_back(std::unique_ptr<UpstreamConnection> connection, bool message);
  void serve();
  void pass_over_who_left();
  void open_what_is_wanted();
  void await_next_chance();
  void patience_is_over(Waiter& waiter);
  [[nodiscard]] Failure over_budget(const Waiter& waiter);
  [[nodiscard]] std::size_t connections() const override;
  [[nodiscard]] std::size_t serving() const override { return lent_ + idle_.size() + tended_; }
  void serve_soon() override;
  [[nodiscard]] std::unique_ptr<UpstreamConnection> take_idle();
  void rest(std::unique_ptr<UpstreamConnection> connection);
  void idle_for_long(Idle& idle);
  void start_opening(const auth::Credentials* as_client);
  io::Task<void> open(std::optional<auth::Credentials> as_client);
  io::Task<Result<std::unique_ptr<UpstreamConnection>>> log_in(
      std::optional<auth::Credentials> as_client);
  // Why a login is not tried again with these credentials; nullptr where it may be.
  [[nodiscard]] const Failure* refused_lately(const std::optional<auth::Credentials>& login) const;
  io::Task<Result<std::unique_ptr<UpstreamConnection>>> open_as(
      const std::optional<auth::Credentials>& login);
  void opening_failed(Failure failure);
  io::Task<void> take_leave(std::unique_ptr<UpstreamConnection> connection);
  io::Task<void> tend(std::unique_ptr<UpstreamConnection> connection);

  Upstream& upstream_;
  io::Scope& scope_;
  io::Cancellation& closing_;
  const std::shared_ptr<Account> account_;
  Budget& budget_;  // The account's.
  WaitingLine<Waiter> line_;
  std::vector<std::unique_ptr<Idle>> idle_;  // The last one used at the end.
  unsigned lent_ = 0;
  unsigned opening_ = 0;
  unsigned tended_ = 0;             // Reset or kept alive just now.
  unsigned leaving_ = 0;            // The upstream counts them until they are closed.
  std::optional<Failure> put_off_;  // Why no login is tried just now.
  Serve serve_{*this};
  Chance chance_;
};

}  // namespace truerelay::relay
