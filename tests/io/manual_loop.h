#pragma once

#include <algorithm>
#include <chrono>

#include "io/clock.h"
#include "io/executor.h"

namespace truerelay::testing {

// An executor and a clock whose time stands still until the test moves it.
class ManualLoop final : public io::Executor, public io::Clock {
 public:
  [[nodiscard]] io::Time now() const override { return now_; }
  [[nodiscard]] io::WallTime wall_now() const override {
    return io::WallTime(now_.time_since_epoch());
  }

  void run_jobs() {
    while (run_one()) {
    }
  }

  // Lets `duration` pass; timers on the way expire each at its time, and what they post runs.
  void advance(io::Duration duration) {
    const io::Time end = now_ + duration;
    run_jobs();
    while (next_expiry() <= end) {
      now_ = std::max(now_, next_expiry());
      expire_due(now_);
      run_jobs();
    }
    now_ = end;
  }

 private:
  void became_ready() override {}
  void next_expiry_moved() override {}

  io::Time now_{std::chrono::hours(1000)};
};

}  // namespace truerelay::testing
