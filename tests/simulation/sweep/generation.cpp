#include "tests/simulation/sweep/generation.h"

#include <utility>

#include "io/clock.h"
#include "tests/simulation/sweep/relay_under_test.h"

namespace truerelay::simulation {

// When its time comes, the sessions are asked to end.
class Generation::Patience final : public io::Timer {
 public:
  Patience(io::Clock& clock, Generation& generation) : Timer(clock), generation_(generation) {}
  void last_until(io::Time time) { arm(time); }

 private:
  void expire() override {
    generation_.outlasted_ = generation_.sessions() > 0;
    for (const std::unique_ptr<relay::Listener>& listener : generation_.listeners_) {
      listener->retire();
    }
  }

  Generation& generation_;
};

Generation::Generation(const Lasting& lasting, Plan plan, const Generation* former)
    : lasting_(lasting),
      login_kind_(plan.login),
      login_(lasting.world, plan.login, RelayUnderTest::users().front(), RelayUnderTest::password(),
             plan.login >= LoginKind::refresh_token ? lasting.office : nullptr),
      fallback_login_(lasting.world, LoginKind::password, RelayUnderTest::users().front(),
                      RelayUnderTest::password(), nullptr),
      upstream_(make(std::move(plan.upstream), login_)),
      contacts_(lasting.world) {
  if (former != nullptr && (former->login_kind_ != login_kind_ ||
                            former->upstream_->settings().auth != upstream_->settings().auth)) {
    upstream_->standing()->forgive();
  }
  if (plan.fallback) {
    fallback_ = make(*std::move(plan.fallback), fallback_login_);
    upstream_->fall_back_to(*fallback_);
  }
  for (relay::ListenerSettings& settings : plan.listeners) {
    std::shared_ptr<relay::Listener::Crowd> crowd =
        former == nullptr ? nullptr : former->crowd(listeners_.size());
    listeners_.push_back(std::make_unique<relay::Listener>(
        lasting_.services, std::move(settings), *upstream_, nullptr,
        crowd ? std::move(crowd) : std::make_shared<relay::Listener::Crowd>()));
  }
  if (plan.first_contact) {
    contacts_.spawn(upstream_->make_first_contact(ending_));
    if (fallback_) {
      contacts_.spawn(fallback_->make_first_contact(ending_));
    }
  }
}

std::unique_ptr<relay::Upstream> Generation::make(relay::UpstreamSettings settings,
                                                  LoginSource& login) {
  const bool passthrough = settings.auth == auth::Choice::passthrough;
  std::shared_ptr<relay::Standing>& standing =
      lasting_.standings[settings.name + (passthrough ? "" : RelayUnderTest::users().front())];
  if (!standing) {
    standing = std::make_shared<relay::Standing>(lasting_.world);
  }
  return std::make_unique<relay::Upstream>(
      std::move(settings),
      relay::Upstream::Parts{lasting_.world, lasting_.world, lasting_.services.events,
                             lasting_.dialer, &lasting_.tls,
                             passthrough ? nullptr : &login.credentials(), lasting_.key},
      standing);
}

std::shared_ptr<relay::Listener::Crowd> Generation::crowd(std::size_t listener) const {
  return listener < listeners_.size() ? listeners_[listener]->crowd() : nullptr;
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

io::Task<void> Generation::give_way(io::Duration drain_timeout) {
  ending_.cancel();
  upstream_->retire();
  if (fallback_) {
    fallback_->retire();
  }
  Patience patience(lasting_.world, *this);
  patience.last_until(lasting_.world.now() + drain_timeout);
  co_await finish();
}

void Generation::rest() {
  ending_.cancel();
  login_.rest();
}

io::Task<void> Generation::finish() {
  for (const std::unique_ptr<relay::Listener>& listener : listeners_) {
    co_await listener->finished();
  }
  co_await contacts_.finished();
  co_await upstream_->close();
  if (fallback_) {
    co_await fallback_->close();
  }
  co_await login_.close();
}

}  // namespace truerelay::simulation
