#pragma once

#include <algorithm>

#include "io/clock.h"

namespace truerelay::relay {

// A pause that is twice as long when its reason comes again soon, and short again after the reason
// stayed away for as long as the longest pause.
class Backoff {
 public:
  Backoff(io::Duration shortest, io::Duration longest) : shortest_(shortest), longest_(longest) {}

  // While a pause is on, the same reason says nothing new.
  void begin(io::Time now) {
    if (active(now)) {
      return;
    }
    const bool again = pause_ != io::Duration{} && now < until_ + longest_;
    pause_ = again ? std::min(pause_ * 2, longest_) : shortest_;
    until_ = now + pause_;
  }
  void end() {
    pause_ = {};
    until_ = {};
  }

  [[nodiscard]] bool active(io::Time now) const { return now < until_; }
  [[nodiscard]] io::Time until() const { return until_; }

 private:
  io::Duration shortest_;
  io::Duration longest_;
  io::Duration pause_{};
  io::Time until_{};
};

}  // namespace truerelay::relay
