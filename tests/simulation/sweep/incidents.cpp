#include "tests/simulation/sweep/incidents.h"

#include <algorithm>

namespace truerelay::simulation {
namespace {

// Most of a run is over in a few seconds, and some go on for hours.
io::Duration draw_moment(Random& random) {
  return io::Duration{static_cast<io::Duration::rep>(random.scaled_between(1'000, 1'000'000'000))};
}

io::Duration draw_drain_timeout(Random& random) {
  return random.chance(0.2) ? io::Duration{} : std::chrono::seconds(random.scaled_between(1, 600));
}

}  // namespace

io::Duration Incident::draw_clock_step(Random& random) {
  const io::Duration step = std::chrono::seconds(random.scaled_between(1, 100'000));
  return random.chance(0.5) ? step : -step;
}

std::vector<Incident> Incident::draw(Random& random, io::Time from) {
  std::vector<Incident> incidents;
  const auto perhaps = [&](Kind kind, double chance) {
    while (random.chance(chance)) {
      incidents.push_back({.kind = kind,
                           .at = from + draw_moment(random),
                           .drain_timeout = draw_drain_timeout(random),
                           .clock_step = draw_clock_step(random)});
    }
  };
  perhaps(Kind::reload, 0.25);
  perhaps(Kind::set_clock, 0.2);
  perhaps(Kind::revoke_tokens, 0.15);
  perhaps(Kind::repair_login, 0.15);
  perhaps(Kind::free_disk, 0.1);
  std::ranges::sort(incidents, {}, &Incident::at);
  if (random.chance(0.1)) {
    const Incident stop{.kind = Kind::stop,
                        .at = from + draw_moment(random),
                        .drain_timeout = draw_drain_timeout(random)};
    std::erase_if(incidents, [&](const Incident& each) { return each.at >= stop.at; });
    incidents.push_back(stop);
  }
  return incidents;
}

}  // namespace truerelay::simulation
