#include "relay/budget.h"

#include <algorithm>

namespace truerelay::relay {
namespace {

constexpr io::Duration kMinute = std::chrono::minutes(1);

// After a throttle one more message at once is tried each time that this long went well.
constexpr io::Duration kEase = std::chrono::minutes(1);

}  // namespace

void Budget::limit(unsigned at_once, unsigned per_minute) {
  const bool slowed_down = at_once_ < most_at_once_;
  most_at_once_ = at_once;
  at_once_ = slowed_down ? std::min(at_once_, at_once) : at_once;
  per_minute_ = per_minute;
  if (per_minute_ == 0) {
    begun_.clear();
  }
}

unsigned Budget::room() {
  forget_old();
  if (under_way_ >= at_once_ || messages_.active(clock_.now())) {
    return 0;
  }
  const unsigned at_once = at_once_ - under_way_;
  if (per_minute_ == 0) {
    return at_once;
  }
  const auto begun = static_cast<unsigned>(begun_.size());
  return std::min(at_once, per_minute_ - std::min(per_minute_, begun));
}

void Budget::begin() {
  ++under_way_;
  if (per_minute_ != 0) {
    begun_.push_back(clock_.now());
  }
}

io::Time Budget::next_message() {
  forget_old();
  io::Time chance{};
  if (under_way_ >= at_once_) {
    chance = at_once_ < most_at_once_ ? eased_ + kEase : io::Time::max();
  }
  if (per_minute_ != 0 && begun_.size() >= per_minute_) {
    chance = std::max(chance, begun_.front() + kMinute);
  }
  return std::max(chance, messages_.until());
}

void Budget::slow_down(Throttle throttle) {
  const io::Time now = clock_.now();
  if (throttle == Throttle::logins) {
    logins_.begin(now);
    return;
  }
  // Several messages may hear the same at once, which is one reason and not several.
  if (throttle == Throttle::connections && !messages_.active(now)) {
    at_once_ = std::max(1U, std::min(at_once_, std::max(under_way_, 1U) - 1));
    eased_ = now;
  }
  messages_.begin(now);
}

void Budget::keep_to(unsigned at_once) {
  at_once_ = std::clamp(at_once, 1U, most_at_once_);
  eased_ = clock_.now();
}

bool Budget::untouched() {
  forget_old();
  return under_way_ == 0 && begun_.empty() && at_once_ == most_at_once_ &&
         !messages_.active(clock_.now()) && may_log_in();
}

void Budget::forget_old() {
  const io::Time now = clock_.now();
  while (!begun_.empty() && begun_.front() + kMinute <= now) {
    begun_.pop_front();
  }
  while (at_once_ < most_at_once_ && eased_ + kEase <= now) {
    ++at_once_;
    eased_ += kEase;
  }
}

}  // namespace truerelay::relay
