#include "app/place.h"

#include <utility>

#include "app/egress.h"
#include "app/expiries.h"
#include "app/settings.h"

namespace truerelay::app {
namespace {

oauth::Note note_about(std::string upstream, observe::Events& events) {
  return [&events, name = std::move(upstream)](oauth::Weight weight, std::string_view text) {
    const observe::Level level = weight == oauth::Weight::error     ? observe::Level::error
                                 : weight == oauth::Weight::warning ? observe::Level::warning
                                                                    : observe::Level::info;
    events.note(level, name, text);
  };
}

std::unique_ptr<oauth::ExpiryWatch> watch_of(const config::Upstream& upstream,
                                             const Surroundings& around) {
  if (!may_expire(upstream)) {
    return nullptr;
  }
  return std::make_unique<oauth::ExpiryWatch>(
      around.loop, around.loop,
      [upstream, secrets = Secrets{around.vault, around.worker}] {
        return look_up_expiries(upstream, secrets);
      },
      [&events = around.events, name = upstream.name](const std::string& warning) {
        events.note(observe::Level::warning, name, warning);
      });
}

auth::CredentialSource* credentials_of(const UpstreamParts& parts, const TokenSupply* tokens) {
  return tokens != nullptr ? &tokens->keeper() : parts.credentials.get();
}

}  // namespace

// --- Tokens ---

TokenSupply::TokenSupply(Blueprint::Upstream& drawn, const Surroundings& around)
    : settings_(drawn.settings),
      files_(drawn.provider_files),
      proxy_(dialer_via_proxy(settings_, around.dialer)),
      tokens_(make_tokens(settings_, {around.loop, around.worker, around.vault, around.key},
                          proxy_ ? *proxy_ : around.dialer, std::move(drawn.parts.provider_tls),
                          note_about(settings_.name, around.events))) {}

bool TokenSupply::serves(const Blueprint::Upstream& other) const {
  return settings_.oauth == other.settings.oauth && settings_.user == other.settings.user &&
         settings_.via == other.settings.via && files_ == other.provider_files;
}

// --- An upstream ---

Place::Place(Blueprint::Upstream drawn, std::shared_ptr<relay::Standing> standing,
             std::shared_ptr<TokenSupply> tokens, const Surroundings& around)
    : settings_(std::move(drawn.settings)),
      files_(drawn.files),
      parts_(std::move(drawn.parts)),
      proxy_(dialer_via_proxy(settings_, around.dialer)),
      tokens_(std::move(tokens)),
      upstream_(upstream_settings(settings_),
                {around.loop, around.loop, around.events, proxy_ ? *proxy_ : around.dialer,
                 parts_.tls.get(), credentials_of(parts_, tokens_.get()), around.key},
                std::move(standing)),
      watch_(watch_of(settings_, around)),
      contacts_(around.loop),
      left_(around.loop) {}

void Place::fall_back_to(std::shared_ptr<Place> other) {
  upstream_.fall_back_to(other->upstream_);
  fallback_ = std::move(other);
}

bool Place::is_made_of(const Blueprint::Upstream& drawn) const {
  return settings_ == drawn.settings && files_ == drawn.files;
}

void Place::open() {
  contacts_.spawn(upstream_.make_first_contact(ending_));
  if (watch_) {
    contacts_.spawn(watch_->run(ending_));
  }
}

void Place::end() { ending_.cancel(); }

void Place::retire() {
  end();
  upstream_.retire();
}

io::Task<void> Place::unvisited() {
  while (visits_ > 0) {
    co_await left_.wait();
  }
}

io::Task<void> Place::close() {
  end();
  co_await contacts_.finished();
  co_await upstream_.close();
  const std::shared_ptr<TokenSupply> tokens = std::move(tokens_);
  if (tokens.use_count() == 1) {  // Nobody else goes on with them.
    co_await tokens->keeper().close();
  }
  let_fallback_go();
}

void Place::leave() {
  if (--visits_ == 0) {
    left_.notify();
  }
}

Place::Visit::Visit(std::shared_ptr<Place> place)
    : place_(std::move(place)), fallback_(place_->fallback_) {
  ++place_->visits_;
  if (fallback_) {
    ++fallback_->visits_;
  }
}

Place::Visit::~Visit() {
  place_->leave();
  if (fallback_) {
    fallback_->leave();
  }
}

}  // namespace truerelay::app
