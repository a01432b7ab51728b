#pragma once

#include <deque>

#include "io/clock.h"
#include "relay/backoff.h"
#include "relay/throttle.h"

namespace truerelay::relay {

// How much one login may ask of its upstream: so many messages at once, so many in any minute.
// What the upstream itself finds too much makes it less for a while.
class Budget {
 public:
  // `per_minute` 0: no limit.
  Budget(const io::Clock& clock, unsigned at_once, unsigned per_minute)
      : clock_(clock), most_at_once_(at_once), per_minute_(per_minute), at_once_(at_once) {}

  // Other limits, from now on; what was begun under the old ones counts.
  void limit(unsigned at_once, unsigned per_minute);
  [[nodiscard]] unsigned most_at_once() const { return most_at_once_; }

  // How many more messages may begin now.
  [[nodiscard]] unsigned room();
  void begin();
  void end() { --under_way_; }

  [[nodiscard]] bool may_log_in() const { return !logins_.active(clock_.now()); }

  // When time alone will allow a message that may not begin now; Time::max() where only end()
  // helps.
  [[nodiscard]] io::Time next_message();
  [[nodiscard]] io::Time next_login() const { return logins_.until(); }

  // The upstream said so.
  void slow_down(Throttle throttle);
  // The upstream serves so many connections and takes no more.
  void keep_to(unsigned at_once);

  // Nothing is under way, was of late, or was found too much: it is as it was at first.
  [[nodiscard]] bool untouched();

 private:
  void forget_old();

  const io::Clock& clock_;
  unsigned most_at_once_;
  unsigned per_minute_;
  unsigned at_once_;  // Less than most_at_once_ after a throttle, and then slowly up again.
  unsigned under_way_ = 0;
  io::Time eased_{};            // When at_once_ changed last.
  std::deque<io::Time> begun_;  // The messages of the last minute; empty without a rate.
  Backoff messages_{std::chrono::seconds(2), std::chrono::seconds(60)};
  Backoff logins_{std::chrono::seconds(10), std::chrono::minutes(5)};
};

}  // namespace truerelay::relay
