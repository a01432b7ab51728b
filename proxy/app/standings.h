#pragma once

#include <map>
#include <memory>
#include <string>

#include "config/config.h"
#include "io/clock.h"
#include "relay/standing.h"

namespace truerelay::app {

// How the service stands with each upstream, by what the upstream goes by: its name here, its
// address, and who logs in. Whatever else of its settings changes, it stands as it stood.
class Standings {
 public:
  explicit Standings(const io::Clock& clock) : clock_(clock) {}

  [[nodiscard]] std::shared_ptr<relay::Standing> of(const config::Upstream& upstream);

 private:
  const io::Clock& clock_;
  std::map<std::string, std::shared_ptr<relay::Standing>> all_;
};

}  // namespace truerelay::app
