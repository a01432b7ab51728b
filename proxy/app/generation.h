#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "app/blueprint.h"
#include "app/place.h"
#include "app/standings.h"
#include "io/task.h"
#include "io/tls.h"
#include "relay/listener.h"
#include "relay/services.h"

namespace truerelay::app {

// A listener at work: its settings, its TLS and its sessions.
class Door {
 public:
  // `crowd` is that of the door whose place it takes, or null.
  Door(Blueprint::Listener drawn, std::shared_ptr<Place> place, const relay::Services& services,
       std::shared_ptr<relay::Listener::Crowd> crowd);

  [[nodiscard]] const config::Listener& settings() const { return settings_; }
  [[nodiscard]] const std::shared_ptr<Place>& place() const { return place_; }
  [[nodiscard]] relay::Listener& listener() { return listener_; }
  [[nodiscard]] bool is_made_of(const Blueprint::Listener& drawn) const;

 private:
  const config::Listener settings_;
  const digest::Digest files_;
  const std::unique_ptr<io::TlsServer> tls_;
  const std::shared_ptr<Place> place_;
  const Place::Visit visit_;
  relay::Listener listener_;
};

// What one configuration has at work. What the next one does not change, it takes over as it is,
// with its sessions and connections; so generations share parts, and a part belongs to the last of
// them that has it.
struct Generation {
  std::vector<std::shared_ptr<Place>> places;
  std::vector<std::shared_ptr<Door>> doors;

  // Null where there is none.
  [[nodiscard]] std::shared_ptr<Place> place(std::string_view upstream) const;
  [[nodiscard]] std::shared_ptr<Door> door(std::string_view listener) const;
};

// The generation after `before`. Its new places are not open yet.
[[nodiscard]] Generation build(Blueprint drawn, const Generation& before, Standings& standings,
                               const Surroundings& around, const relay::Services& services);

}  // namespace truerelay::app
