#pragma once

#include <chrono>
#include <coroutine>
#include <cstddef>
#include <vector>

#include "io/executor.h"

namespace truerelay::io {

using Duration = std::chrono::microseconds;
// A moment of the monotonic clock.
using Time = std::chrono::time_point<std::chrono::steady_clock, Duration>;
using WallTime = std::chrono::time_point<std::chrono::system_clock, Duration>;

class Timer;

// Time, and being woken at a time. Real (net::Loop) or virtual (the simulation).
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  [[nodiscard]] virtual Time now() const = 0;
  [[nodiscard]] virtual WallTime wall_now() const = 0;

  // For the loop that owns the clock: when the first timer is due (Time::max() when there is none),
  // and expiring all that are due at `now`.
  [[nodiscard]] Time next_expiry() const;
  void expire_due(Time now);

 protected:
  // next_expiry() has become earlier: the loop must not sleep past it.
  virtual void next_expiry_moved() = 0;

 private:
  friend class Timer;
  void insert(Timer& timer);
  void remove(Timer& timer);
  void place(std::size_t index, Timer* timer);
  void sift(std::size_t index);

  std::vector<Timer*> heap_;  // The earliest first; ties in the order of arming.
  unsigned long long armed_ = 0;
};

// Calls expire() once at the time for which it is armed. A timer that is destroyed is disarmed.
class Timer {
 public:
  explicit Timer(Clock& clock) : clock_(clock) {}
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  virtual ~Timer() { disarm(); }

  // Time::max() disarms.
  void arm(Time at);
  void disarm();
  [[nodiscard]] bool armed() const { return index_ != kNone; }

 protected:
  virtual void expire() = 0;

 private:
  friend class Clock;
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  Clock& clock_;
  Time at_{};
  unsigned long long order_ = 0;
  std::size_t index_ = kNone;
};

}  // namespace truerelay::io
