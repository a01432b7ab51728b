#pragma once

#include <cstdint>
#include <string>

#include "io/clock.h"
#include "io/executor.h"
#include "tests/simulation/random.h"

namespace truerelay::simulation {

// The loop, the clock and the chance of a simulated run.
//
// Time is virtual: it stands still while anything is ready to run, and jumps to the next timer when
// nothing is. Together with a seed from which every choice is drawn, a run repeats exactly.
// The world outlives every stream, timer and coroutine that was made in it.
class World final : public io::Executor, public io::Clock {
 public:
  explicit World(std::uint64_t seed) : seed_(seed), random_(seed) {}

  // What a run may cost. A step is one job run, or one jump to the next timer.
  struct Bound {
    std::uint64_t steps = 10'000'000;
    io::Duration time = std::chrono::hours(24);
  };
  enum class Stop {
    nothing_left,  // No job is ready and no timer is armed.
    done,          // The condition of run_until() holds.
    steps_spent,   // More steps than the bound: most likely something goes round in circles.
    time_spent,    // What is left is due later than the bound; now() is at the bound.
  };

  // Runs what is ready now and what that makes ready; time does not move.
  Stop run_until_idle();
  // Runs what happens in the next `duration`; now() is later by just that afterwards.
  Stop run_for(io::Duration duration);
  // Runs until nothing is left to happen, or the bound is reached.
  Stop run(Bound bound);
  Stop run() { return run(Bound{}); }
  // Likewise, until done() is true; it is asked before every step.
  template <class Condition>
  Stop run_until(Condition done, Bound bound);
  template <class Condition>
  Stop run_until(Condition done) {
    return run_until(done, Bound{});
  }

  [[nodiscard]] io::Time now() const override { return now_; }
  [[nodiscard]] io::WallTime wall_now() const override;
  // Since the world began.
  [[nodiscard]] io::Duration elapsed() const { return now_ - kBegin; }
  // What the wall clock would show if nobody had set it wrong.
  [[nodiscard]] io::WallTime true_wall_time() const;
  // Sets the wall clock forward or back, as an administrator or NTP does; now() takes no notice.
  void step_wall_clock(io::Duration by) { wall_step_ += by; }

  [[nodiscard]] std::uint64_t seed() const { return seed_; }
  [[nodiscard]] Random& random() { return random_; }

 private:
  // The monotonic clock does not start at zero, nor does it on a real machine.
  static constexpr io::Time kBegin{std::chrono::hours(1000)};
  // 2025-03-01 00:00:00 UTC.
  static constexpr io::WallTime kWallBegin{std::chrono::seconds(1'740'787'200)};

  // One step; false when nothing happens up to and including `until`.
  bool step(io::Time until);
  Stop stop_at(io::Time until);
  [[nodiscard]] io::Time later_by(io::Duration duration) const;
  void became_ready() override {}
  void next_expiry_moved() override {}

  const std::uint64_t seed_;
  Random random_;
  io::Time now_ = kBegin;
  io::Duration wall_step_{0};
};

// "12.345678 s"
[[nodiscard]] std::string text_of(io::Duration duration);

template <class Condition>
World::Stop World::run_until(Condition done, Bound bound) {
  const io::Time until = later_by(bound.time);
  for (std::uint64_t steps = 0; !done(); ++steps) {
    if (steps == bound.steps) {
      return Stop::steps_spent;
    }
    if (!step(until)) {
      return stop_at(until);
    }
  }
  return Stop::done;
}

}  // namespace truerelay::simulation
