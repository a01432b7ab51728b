#pragma once

#include <cstddef>
#include <deque>
#include <vector>

namespace truerelay::relay {

// Who waits for the same thing: in order of arrival within a group, and the groups in turn, so that
// a listener with a thousand documents does not starve one with a single document.
// It owns nobody; whoever joins leaves before it goes, or is taken.
template <class Waiter>
class WaitingLine {
 public:
  void join(Waiter& waiter, const void* group) {
    for (Group& each : groups_) {
      if (each.key == group) {
        each.waiters.push_back(&waiter);
        ++size_;
        return;
      }
    }
    groups_.push_back({group, {&waiter}});
    ++size_;
  }

  // The one whose turn it is. Not to be called when empty.
  [[nodiscard]] Waiter& first() const { return *groups_[turn_].waiters.front(); }

  // Takes that one out of the line.
  Waiter& take() {
    Group& group = groups_[turn_];
    Waiter& waiter = *group.waiters.front();
    group.waiters.pop_front();
    --size_;
    if (group.waiters.empty()) {
      groups_.erase(groups_.begin() + static_cast<std::ptrdiff_t>(turn_));
    } else {
      ++turn_;
    }
    wrap();
    return waiter;
  }

  void leave(Waiter& waiter) {
    for (std::size_t at = 0; at < groups_.size(); ++at) {
      if (std::erase(groups_[at].waiters, &waiter) == 0) {
        continue;
      }
      --size_;
      if (groups_[at].waiters.empty()) {
        groups_.erase(groups_.begin() + static_cast<std::ptrdiff_t>(at));
        turn_ -= at < turn_ ? 1 : 0;
        wrap();
      }
      return;
    }
  }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }

 private:
  struct Group {
    const void* key;
    std::deque<Waiter*> waiters;
  };

  void wrap() {
    if (turn_ >= groups_.size()) {
      turn_ = 0;
    }
  }

  std::vector<Group> groups_;
  std::size_t turn_ = 0;
  std::size_t size_ = 0;
};

}  // namespace truerelay::relay
