#include "tests/simulation/sweep/generation.h"

#include <utility>

#include "io/sleep.h"
#include "tests/simulation/sweep/relay_under_test.h"

namespace truerelay::simulation {

Generation::Generation(const Lasting& lasting, Plan plan)
    : lasting_(lasting),
      services_{
          lasting.world,      lasting.world,         lasting.events,  stopping_,           stopped_,
          lasting.duplicates, lasting.replay_memory, lasting.scratch, &lasting.local_users},
      login_(lasting.world, plan.login, RelayUnderTest::users().front(), RelayUnderTest::password(),
             plan.login >= LoginKind::refresh_token ? lasting.office : nullptr),
      fallback_login_(lasting.world, LoginKind::password, RelayUnderTest::users().front(),
                      RelayUnderTest::password(), nullptr),
      upstream_(make(std::move(plan.upstream), login_)),
      contacts_(lasting.world) {
  if (plan.fallback) {
    fallback_ = make(*std::move(plan.fallback), fallback_login_);
    upstream_->fall_back_to(*fallback_);
  }
  for (relay::ListenerSettings& settings : plan.listeners) {
    listeners_.push_back(
        std::make_unique<relay::Listener>(services_, std::move(settings), *upstream_, nullptr));
  }
  if (plan.first_contact) {
    contacts_.spawn(upstream_->make_first_contact(stopping_));
  }
}

std::unique_ptr<relay::Upstream> Generation::make(relay::UpstreamSettings settings,
                                                  LoginSource& login) {
  const bool passthrough = settings.auth == auth::Choice::passthrough;
  return std::make_unique<relay::Upstream>(
      std::move(settings),
      relay::Upstream::Parts{lasting_.world, lasting_.world, lasting_.events, lasting_.dialer,
                             &lasting_.tls, passthrough ? nullptr : &login.credentials(),
                             lasting_.key});
}

void Generation::accept(std::size_t client, std::unique_ptr<io::Stream> stream, io::Peer peer,
                        std::string id) {
  listeners_[client % listeners_.size()]->accept(std::move(stream), std::move(peer), std::move(id));
}

std::size_t Generation::sessions() const {
  std::size_t sessions = 0;
  for (const std::unique_ptr<relay::Listener>& listener : listeners_) {
    sessions += listener->sessions();
  }
  return sessions;
}

// As the service does it.
io::Task<void> Generation::retire(io::Duration drain_timeout) {
  World& world = lasting_.world;
  stopping_.cancel();
  io::Scope waiting(world);
  waiting.spawn(see_out());
  const bool too_late = co_await io::Sleep(world, world, world.now() + drain_timeout, drained_);
  cut_short_ = too_late && sessions() > 0;
  stopped_.cancel();
  co_await waiting.finished();
}

io::Task<void> Generation::see_out() {
  for (const std::unique_ptr<relay::Listener>& listener : listeners_) {
    co_await listener->finished();
  }
  co_await contacts_.finished();
  co_await upstream_->close();
  if (fallback_) {
    co_await fallback_->close();
  }
  co_await login_.close();
  drained_.cancel();
}

}  // namespace truerelay::simulation
