#include "tests/simulation/world.h"

#include <fmt/core.h>

#include <algorithm>

namespace truerelay::simulation {

World::Stop World::run_until_idle() { return run({.time = io::Duration{0}}); }

World::Stop World::run_for(io::Duration duration) {
  const io::Time until = later_by(duration);
  const Stop stop = run({.time = duration});
  if (stop == Stop::nothing_left) {
    now_ = until;
  }
  return stop;
}

World::Stop World::run(Bound bound) {
  return run_until([] { return false; }, bound);
}

io::WallTime World::wall_now() const { return true_wall_time() + wall_step_; }

io::WallTime World::true_wall_time() const { return kWallBegin + elapsed(); }

bool World::step(io::Time until) {
  if (run_one()) {
    return true;
  }
  const io::Time next = next_expiry();
  if (next == io::Time::max() || next > until) {
    return false;
  }
  now_ = std::max(now_, next);
  expire_due(now_);
  return true;
}

World::Stop World::stop_at(io::Time until) {
  if (next_expiry() == io::Time::max()) {
    return Stop::nothing_left;
  }
  now_ = until;
  return Stop::time_spent;
}

io::Time World::later_by(io::Duration duration) const {
  return duration < io::Time::max() - now_ ? now_ + duration : io::Time::max();
}

std::string text_of(io::Duration duration) {
  const auto count = duration.count();
  return fmt::format("{}.{:06} s", count / 1'000'000, count % 1'000'000);
}

}  // namespace truerelay::simulation
