#pragma once

#include <string>
#include <vector>

#include "io/clock.h"
#include "tests/simulation/random.h"

namespace truerelay::simulation {

// What happens in the middle of a run, and when.
struct Incident {
  enum class Kind {
    reload,         // Other settings; the old sessions drain.
    stop,           // The service is being stopped, and drains.
    set_clock,      // The wall clock jumps.
    revoke_tokens,  // As a changed password does.
    repair_login,   // A person logs in again, or makes a new secret.
    free_disk,      // Or fills it up.
  };

  Kind kind = Kind::reload;
  io::Time at{};
  io::Duration drain_timeout{};  // reload, stop
  io::Duration clock_step{};     // set_clock

  // How far off a wall clock is that somebody has set.
  [[nodiscard]] static io::Duration draw_clock_step(Random& random);
  // In the order of their times. At most one of them is a stop, and then it is the last.
  [[nodiscard]] static std::vector<Incident> draw(Random& random, io::Time from);
};

}  // namespace truerelay::simulation
