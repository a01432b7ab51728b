#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "app/blueprint.h"
#include "app/tokens.h"
#include "digest/key.h"
#include "io/cancellation.h"
#include "io/dialer.h"
#include "io/event.h"
#include "io/scope.h"
#include "io/task.h"
#include "net/loop.h"
#include "oauth/expiry.h"
#include "observe/events.h"
#include "relay/standing.h"
#include "relay/upstream.h"

namespace truerelay::app {

// What all parts of an engine have around them. It outlives them.
struct Surroundings {
  net::Loop& loop;
  io::Worker& worker;
  vault::Vault& vault;
  observe::Events& events;
  io::Dialer& dialer;
  const digest::Key& key;
};

// The access tokens of an upstream. Where a reload changes something else of it, they are handed
// on, for a provider must not be asked again each time.
class TokenSupply {
 public:
  TokenSupply(Blueprint::Upstream& drawn, const Surroundings& around);

  [[nodiscard]] bool serves(const Blueprint::Upstream& other) const;
  [[nodiscard]] oauth::TokenKeeper& keeper() const { return *tokens_.keeper; }

 private:
  const config::Upstream settings_;
  const digest::Digest files_;
  const std::unique_ptr<io::Dialer> proxy_;  // Null where connections go straight.
  const Tokens tokens_;
};

// An upstream at work, and the parts that it uses. It stays as long as doors lead to it, and before
// it goes, close() is awaited.
class Place {
 public:
  // `tokens` is null without [oauth].
  Place(Blueprint::Upstream drawn, std::shared_ptr<relay::Standing> standing,
        std::shared_ptr<TokenSupply> tokens, const Surroundings& around);

  // Before open(). Two may be the fallback of each other.
  void fall_back_to(std::shared_ptr<Place> other);

  // Makes first contact, and begins to watch what expires.
  void open();
  // Nothing of that goes on; whoever is here is served.
  void end();
  // Other settings have taken the place of these.
  void retire();
  // Returns when no door leads here. One waiter.
  io::Task<void> unvisited();
  // Takes leave of the upstream. All sessions that use it have ended.
  io::Task<void> close();
  // It needs its fallback no more, as after close(): two may hold each other.
  void let_fallback_go() { fallback_.reset(); }

  [[nodiscard]] const config::Upstream& settings() const { return settings_; }
  [[nodiscard]] relay::Upstream& upstream() { return upstream_; }
  [[nodiscard]] const std::shared_ptr<TokenSupply>& tokens() const { return tokens_; }
  // It was made of the same settings and of files with the same content.
  [[nodiscard]] bool is_made_of(const Blueprint::Upstream& drawn) const;

  // A door that leads here, or to the one whose fallback it is: while that is open.
  class Visit {
   public:
    explicit Visit(std::shared_ptr<Place> place);
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;
    ~Visit();

   private:
    std::shared_ptr<Place> place_;
    std::shared_ptr<Place> fallback_;
  };

 private:
  void leave();

  const config::Upstream settings_;
  const digest::Digest files_;
  UpstreamParts parts_;
  const std::unique_ptr<io::Dialer> proxy_;  // Null where connections go straight.
  std::shared_ptr<TokenSupply> tokens_;
  relay::Upstream upstream_;
  std::shared_ptr<Place> fallback_;  // Until this one is closed.
  std::unique_ptr<oauth::ExpiryWatch> watch_;
  io::Cancellation ending_;
  io::Scope contacts_;
  std::size_t visits_ = 0;
  io::Event left_;
};

}  // namespace truerelay::app
