#include "relay/identity.h"

#include <fmt/core.h>

#include <algorithm>
#include <coroutine>
#include <utility>

#include "relay/client.h"
#include "relay/upstream.h"

namespace truerelay::relay {
namespace {

constexpr io::Duration kSignOfLife = std::chrono::seconds(10);

// A transaction that was left open is reset together with the next one that begins; where none does
// soon, by itself, so that the upstream need not keep what it has of it.
constexpr io::Duration kLongestOpen = std::chrono::seconds(1);

// RFC 4954 section 6: the credentials were not good; of a token, that it may have ended.
bool is_535(const Failure& failure) {
  return failure.cause == Failure::Cause::login_refused && failure.words &&
         failure.words->code == 535;
}

long long in_seconds(io::Duration duration) {
  return std::chrono::ceil<std::chrono::seconds>(duration).count();
}

}  // namespace

// One that waits for a connection: until it is given one, or told why not.
class Identity::Waiter final : public io::Timer {
 public:
  Waiter(Identity& identity, const auth::Credentials* as_client, const Asker& asker)
      : Timer(identity.upstream_.parts().clock),
        credentials(as_client),
        client(asker.client),
        message(asker.message),
        since(identity.upstream_.parts().clock.now()),
        identity_(identity),
        stop_(*this, asker.cancellation) {
    identity_.line_.join(*this, asker.group);
    waits_ = true;
    arm(asker.until);
    if (asker.cancellation.requested()) {
      give_up({Failure::Cause::stopping, "", std::nullopt});
    }
  }

  // Called when it was taken out of the line.
  void finish(Result<std::unique_ptr<UpstreamConnection>> outcome) {
    waits_ = false;
    disarm();
    result = std::move(outcome);
    if (suspended_) {
      identity_.upstream_.parts().executor.post(resumption_);
    }
  }
  void give_up(Failure failure) {
    identity_.line_.leave(*this);
    finish(std::unexpected(std::move(failure)));
  }

  bool await_ready() const { return !waits_; }
  void await_suspend(std::coroutine_handle<> handle) {
    resumption_.set(handle);
    suspended_ = true;
  }
  void await_resume() const {}

  const auth::Credentials* credentials;
  const Client* client;
  bool message;
  io::Time since;
  bool overdue = false;   // Its patience is over, and what it waits for is on its way.
  bool lost_one = false;  // A connection broke off while it was opened for this one.
  Result<std::unique_ptr<UpstreamConnection>> result = nullptr;

 private:
  struct Stop final : io::Cancellation::Link {
    Stop(Waiter& owner, io::Cancellation& source) : Link(source), waiter(owner) {}
    void cancelled() override {
      if (waiter.waits_) {
        waiter.give_up({Failure::Cause::stopping, "", std::nullopt});
      }
    }
    Waiter& waiter;
  };
  void expire() override { identity_.patience_is_over(*this); }

  Identity& identity_;
  io::Resumption resumption_;
  bool waits_ = false;
  bool suspended_ = false;
  Stop stop_;
};

// A connection that nobody uses just now.
class Identity::Idle final : public io::Timer {
 public:
  Idle(Identity& identity, std::unique_ptr<UpstreamConnection> one)
      : Timer(identity.upstream_.parts().clock), connection(std::move(one)), identity_(identity) {
    const io::Duration idle_close = identity.upstream_.settings().idle_close;
    arm(identity.upstream_.parts().clock.now() +
        (connection->needs_reset ? std::min(idle_close, kLongestOpen) : idle_close));
  }
  std::unique_ptr<UpstreamConnection> connection;

 private:
  void expire() override { identity_.idle_for_long(*this); }
  Identity& identity_;
};

Identity::Identity(Upstream& upstream, std::shared_ptr<Account> account, io::Scope& scope,
                   io::Cancellation& closing)
    : upstream_(upstream),
      scope_(scope),
      closing_(closing),
      account_(std::move(account)),
      budget_(account_->budget()),
      chance_(*this, upstream.parts().clock) {
  account_->join(*this);
}

Identity::~Identity() { account_->leave(*this); }

std::size_t Identity::connections() const {
  return lent_ + idle_.size() + opening_ + tended_ + leaving_;
}

// --- Lending ---

io::Task<Result<Lease>> Identity::lease(const auth::Credentials* as_client, Asker asker) {
  if (line_.empty() && (!asker.message || budget_.room() > 0)) {
    std::unique_ptr<UpstreamConnection> ready = take_idle();
    if (ready) {
      ++lent_;
      if (asker.message) {
        budget_.begin();
      }
      co_return Lease(*this, std::move(ready), asker.message);
    }
  }
  Waiter waiter(*this, as_client, asker);
  serve();
  co_await waiter;
  if (!waiter.result) {
    co_return std::unexpected(std::move(waiter.result.error()));
  }
  co_return Lease(*this, std::move(*waiter.result), asker.message);
}

void Identity::take_back(std::unique_ptr<UpstreamConnection> connection, bool message) {
  --lent_;
  if (message) {
    budget_.end();
  }
  rest(std::move(connection));
  account_->serve_soon();
}

void Identity::serve_soon() {
  if (!serve_.posted()) {
    upstream_.parts().executor.post(serve_);
  }
}

void Identity::serve() {
  pass_over_who_left();
  while (!line_.empty() && (!line_.first().message || budget_.room() > 0)) {
    std::unique_ptr<UpstreamConnection> ready = take_idle();
    if (!ready) {
      break;
    }
    Waiter& waiter = line_.take();
    ++lent_;
    if (waiter.message) {
      budget_.begin();
    }
    waiter.finish(std::move(ready));
    pass_over_who_left();
  }
  open_what_is_wanted();
  await_next_chance();
}

void Identity::pass_over_who_left() {
  while (!line_.empty() && line_.first().client != nullptr && line_.first().client->left()) {
    line_.take().finish(fail(Failure::Cause::over_budget, "the client left while it waited"));
  }
}

void Identity::open_what_is_wanted() {
  if (line_.empty()) {
    return;
  }
  const std::size_t room = line_.first().message ? budget_.room() : 1;
  while (budget_.may_log_in() && opening_ < std::min(line_.size(), room) &&
         account_->may_connect()) {
    start_opening(line_.first().credentials);
  }
}

void Identity::await_next_chance() {
  if (line_.empty()) {
    chance_.disarm();
    put_off_.reset();
    return;
  }
  if (line_.first().overdue && opening_ == 0) {
    Waiter& waiter = line_.take();
    waiter.finish(std::unexpected(over_budget(waiter)));
    serve_soon();
    return;
  }
  io::Time chance = io::Time::max();
  if (line_.first().message && budget_.room() == 0) {
    chance = budget_.next_message();
  } else if (!budget_.may_log_in()) {
    chance = budget_.next_login();
  }
  chance_.arm(chance);
}

// Who waits only for a connection that is being opened waits for that, which has a deadline of its
// own.
void Identity::patience_is_over(Waiter& waiter) {
  if (opening_ >= line_.size()) {
    waiter.overdue = true;
  } else {
    waiter.give_up(over_budget(waiter));
  }
}

// Where a message hears of too many logins, the next one had better not come at once either.
void Identity::slow_down(Throttle throttle) {
  budget_.slow_down(throttle);
  if (throttle == Throttle::logins) {
    budget_.slow_down(Throttle::rate);
  }
}

Failure Identity::over_budget(const Waiter& waiter) {
  if (put_off_) {
    return *put_off_;
  }
  const io::Time now = upstream_.parts().clock.now();
  const io::Time chance = budget_.next_message();
  const std::string outlook =
      chance == io::Time::max()
          ? fmt::format("all {} connections are in use", budget_.most_at_once())
          : fmt::format("the next one may begin in {} s", in_seconds(std::max(chance - now, {})));
  return {Failure::Cause::over_budget,
          fmt::format("this client waited {} s for its turn (\"patience\"), and {}",
                      in_seconds(now - waiter.since), outlook),
          std::nullopt};
}

// --- Connections that nobody uses ---

std::unique_ptr<UpstreamConnection> Identity::take_idle() {
  while (!idle_.empty()) {
    std::unique_ptr<UpstreamConnection> connection = std::move(idle_.back()->connection);
    idle_.pop_back();
    if (!connection->stale()) {
      return connection;
    }
  }
  return nullptr;
}

void Identity::rest(std::unique_ptr<UpstreamConnection> connection) {
  if (connection->stale()) {
    return;
  }
  const unsigned most = upstream_.settings().max_messages_per_connection;
  const bool last = closing_.requested() || (upstream_.retired() && line_.empty());
  if (last || (most != 0 && connection->messages >= most)) {
    scope_.spawn(take_leave(std::move(connection)));
    return;
  }
  idle_.push_back(std::make_unique<Idle>(*this, std::move(connection)));
}

void Identity::idle_for_long(Idle& idle) {
  const auto place = std::ranges::find_if(
      idle_, [&](const std::unique_ptr<Idle>& each) { return &*each == &idle; });
  const bool newest = place + 1 == idle_.end();
  std::unique_ptr<UpstreamConnection> connection = std::move(idle.connection);
  idle_.erase(place);
  if (connection->stale()) {
    return;
  }
  const bool wanted = connection->needs_reset || (newest && upstream_.settings().keep_warm);
  scope_.spawn(wanted ? tend(std::move(connection)) : take_leave(std::move(connection)));
}

io::Task<void> Identity::take_leave(std::unique_ptr<UpstreamConnection> connection) {
  ++leaving_;
  co_await connection->quit();
  --leaving_;
  account_->serve_soon();
}

// Says something that changes nothing but ends what was left open and keeps the connection alive.
io::Task<void> Identity::tend(std::unique_ptr<UpstreamConnection> connection) {
  ++tended_;
  const io::Time until = upstream_.parts().clock.now() + kSignOfLife;
  const bool reset = std::exchange(connection->needs_reset, false);
  Result<smtp::Reply> answer = co_await connection->ask(reset ? "RSET\r\n" : "NOOP\r\n", until);
  --tended_;
  if (answer && answer->completion()) {
    rest(std::move(connection));
  }
  account_->serve_soon();
}

void Identity::close() {
  while (!line_.empty()) {
    line_.take().finish(fail(Failure::Cause::stopping, ""));
  }
  leave_idle();
}

void Identity::leave_idle() {
  while (std::unique_ptr<UpstreamConnection> connection = take_idle()) {
    scope_.spawn(take_leave(std::move(connection)));
  }
}

// --- Opening ---

void Identity::warm() {
  const bool on_its_way = !idle_.empty() || opening_ > 0;
  if (!on_its_way && account_->may_connect() && budget_.may_log_in()) {
    start_opening(nullptr);
  }
}

void Identity::start_opening(const auth::Credentials* as_client) {
  std::optional<auth::Credentials> credentials;
  if (as_client != nullptr) {
    credentials = as_client->copy();
  }
  ++opening_;
  scope_.spawn(open(std::move(credentials)));
}

io::Task<void> Identity::open(std::optional<auth::Credentials> as_client) {
  Result<std::unique_ptr<UpstreamConnection>> opened = co_await log_in(std::move(as_client));
  --opening_;
  if (opened) {
    put_off_.reset();
    upstream_.opened();
    rest(std::move(*opened));
  } else {
    opening_failed(std::move(opened.error()));
  }
  account_->serve_soon();
}

io::Task<Result<std::unique_ptr<UpstreamConnection>>> Identity::log_in(
    std::optional<auth::Credentials> as_client) {
  if (as_client) {
    Result<std::unique_ptr<UpstreamConnection>> opened = co_await open_as(as_client);
    co_return opened;
  }
  Result<std::optional<auth::Credentials>> stored = co_await upstream_.stored_credentials(closing_);
  if (!stored) {
    co_return std::unexpected(std::move(stored.error()));
  }
  const bool tried = refused_lately(*stored) == nullptr;
  Result<std::unique_ptr<UpstreamConnection>> opened = co_await open_as(*stored);
  if (tried && !opened && *stored && is_535(opened.error()) &&
      upstream_.replace_refused(**stored)) {
    stored = co_await upstream_.stored_credentials(closing_);
    if (!stored) {
      co_return std::unexpected(std::move(stored.error()));
    }
    opened = co_await open_as(*stored);
  }
  co_return opened;
}

const Failure* Identity::refused_lately(const std::optional<auth::Credentials>& login) const {
  return account_->refused_lately(upstream_.digest_of(login ? &*login : nullptr));
}

io::Task<Result<std::unique_ptr<UpstreamConnection>>> Identity::open_as(
    const std::optional<auth::Credentials>& login) {
  if (const Failure* const refusal = refused_lately(login)) {
    co_return std::unexpected(*refusal);
  }
  Result<std::unique_ptr<UpstreamConnection>> opened =
      co_await upstream_.open(login ? &*login : nullptr, closing_);
  if (opened) {
    account_->forgive();
  } else if (opened.error().cause == Failure::Cause::login_refused) {
    account_->refuse(opened.error(), upstream_.digest_of(login ? &*login : nullptr));
  }
  co_return opened;
}

// Too many logins, or no more connections than there are: whoever waits goes on waiting. Any other
// failure is the answer to the one whose turn it is.
void Identity::opening_failed(Failure failure) {
  const std::optional<Throttle> throttle =
      failure.words ? throttle_in(*failure.words) : std::nullopt;
  if (throttle) {
    budget_.slow_down(*throttle);
    put_off_ = std::move(failure);
    return;
  }
  const std::size_t serving = account_->serving();
  if (failure.cause == Failure::Cause::greeting_refused && serving > 0) {
    budget_.keep_to(static_cast<unsigned>(serving));
    put_off_ = std::move(failure);
    return;
  }
  // One that broke off half-way, in the TLS handshake too, says little about the next one, which is
  // tried once.
  const bool lost = failure.cause == Failure::Cause::connection_lost ||
                    failure.cause == Failure::Cause::connection_closed ||
                    failure.cause == Failure::Cause::tls_refused;
  if (lost && !line_.empty() && !std::exchange(line_.first().lost_one, true)) {
    return;
  }
  // What serves on other connections is not out of use.
  if (serving == 0) {
    upstream_.opening_failed(failure);
  }
  if (!line_.empty()) {
    line_.take().finish(std::unexpected(std::move(failure)));
  }
}

}  // namespace truerelay::relay
