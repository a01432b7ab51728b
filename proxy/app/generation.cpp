#include "app/generation.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "app/settings.h"

namespace truerelay::app {
namespace {

std::shared_ptr<relay::Listener::Crowd> or_new(std::shared_ptr<relay::Listener::Crowd> crowd) {
  return crowd ? std::move(crowd) : std::make_shared<relay::Listener::Crowd>();
}

// What a login that was refused may have been refused for.
bool log_in_alike(const config::Upstream& one, const config::Upstream& other) {
  return one.tls == other.tls && one.auth == other.auth && one.secret == other.secret &&
         one.password_file == other.password_file && one.oauth == other.oauth &&
         one.client_certificate == other.client_certificate && one.helo_name == other.helo_name &&
         one.via == other.via;
}

using Kept = std::map<std::string, std::shared_ptr<Place>, std::less<>>;

// The places that stay as they are: unchanged, and with a fallback that stays.
Kept unchanged(const Blueprint& drawn, const Generation& before) {
  Kept kept;
  for (const Blueprint::Upstream& upstream : drawn.upstreams) {
    const std::shared_ptr<Place> place = before.place(upstream.settings.name);
    if (place && place->is_made_of(upstream)) {
      kept.emplace(upstream.settings.name, place);
    }
  }
  const auto loses_fallback = [&](const auto& each) {
    const std::string& fallback = each.second->settings().fallback;
    return !fallback.empty() && !kept.contains(fallback);
  };
  while (std::erase_if(kept, loses_fallback) > 0) {
  }
  return kept;
}

std::shared_ptr<Place> build_place(Blueprint::Upstream drawn, const Place* before,
                                   Standings& standings, const Surroundings& around) {
  std::shared_ptr<relay::Standing> standing = standings.of(drawn.settings);
  if (before != nullptr && !log_in_alike(before->settings(), drawn.settings)) {
    standing->forgive();
  }
  std::shared_ptr<TokenSupply> tokens;
  if (drawn.settings.oauth) {
    const bool goes_on = before != nullptr && before->tokens() && before->tokens()->serves(drawn);
    tokens = goes_on ? before->tokens() : std::make_shared<TokenSupply>(drawn, around);
  }
  return std::make_shared<Place>(std::move(drawn), std::move(standing), std::move(tokens), around);
}

void build_places(std::vector<Blueprint::Upstream> drawn, const Kept& kept,
                  const Generation& before, Standings& standings, const Surroundings& around,
                  Generation& next) {
  for (Blueprint::Upstream& upstream : drawn) {
    const auto same = kept.find(upstream.settings.name);
    if (same != kept.end()) {
      next.places.push_back(same->second);
    } else {
      const std::shared_ptr<Place> former = before.place(upstream.settings.name);
      next.places.push_back(build_place(std::move(upstream), former.get(), standings, around));
    }
  }
  for (const std::shared_ptr<Place>& place : next.places) {
    const std::shared_ptr<Place> fallback = next.place(place->settings().fallback);
    if (fallback && !kept.contains(place->settings().name)) {
      place->fall_back_to(fallback);
    }
  }
}

std::shared_ptr<Door> build_door(Blueprint::Listener drawn, std::shared_ptr<Door> before,
                                 std::shared_ptr<Place> place, const relay::Services& services) {
  if (before && before->is_made_of(drawn) && before->place() == place) {
    return before;
  }
  return std::make_shared<Door>(std::move(drawn), std::move(place), services,
                                before ? before->listener().crowd() : nullptr);
}

}  // namespace

Door::Door(Blueprint::Listener drawn, std::shared_ptr<Place> place, const relay::Services& services,
           std::shared_ptr<relay::Listener::Crowd> crowd)
    : settings_(std::move(drawn.settings)),
      files_(drawn.files),
      tls_(std::move(drawn.tls)),
      place_(std::move(place)),
      visit_(place_),
      listener_(services, listener_settings(settings_), place_->upstream(), tls_.get(),
                or_new(std::move(crowd))) {}

bool Door::is_made_of(const Blueprint::Listener& drawn) const {
  return settings_ == drawn.settings && files_ == drawn.files;
}

std::shared_ptr<Place> Generation::place(std::string_view upstream) const {
  const auto found = std::ranges::find_if(
      places, [&](const auto& each) { return each->settings().name == upstream; });
  return found == places.end() ? nullptr : *found;
}

std::shared_ptr<Door> Generation::door(std::string_view listener) const {
  const auto found = std::ranges::find_if(
      doors, [&](const auto& each) { return each->settings().name == listener; });
  return found == doors.end() ? nullptr : *found;
}

Generation build(Blueprint drawn, const Generation& before, Standings& standings,
                 const Surroundings& around, const relay::Services& services) {
  Generation next;
  const Kept kept = unchanged(drawn, before);
  build_places(std::move(drawn.upstreams), kept, before, standings, around, next);
  for (Blueprint::Listener& listener : drawn.listeners) {
    const std::shared_ptr<Door> former = before.door(listener.settings.name);
    const std::shared_ptr<Place> place = next.place(listener.settings.upstream);
    next.doors.push_back(build_door(std::move(listener), former, place, services));
  }
  return next;
}

}  // namespace truerelay::app
