#include "io/clock.h"

#include <utility>

namespace truerelay::io {

Time Clock::next_expiry() const { return heap_.empty() ? Time::max() : heap_.front()->at_; }

void Clock::expire_due(Time now) {
  while (!heap_.empty() && heap_.front()->at_ <= now) {
    Timer& due = *heap_.front();
    remove(due);
    due.expire();
  }
}

void Clock::insert(Timer& timer) {
  const Time before = next_expiry();
  timer.order_ = ++armed_;
  heap_.push_back(&timer);
  timer.index_ = heap_.size() - 1;
  sift(timer.index_);
  if (timer.at_ < before) {
    next_expiry_moved();
  }
}

void Clock::remove(Timer& timer) {
  const std::size_t index = std::exchange(timer.index_, Timer::kNone);
  Timer* last = heap_.back();
  heap_.pop_back();
  if (last != &timer) {
    place(index, last);
    sift(index);
  }
}

void Clock::place(std::size_t index, Timer* timer) {
  heap_[index] = timer;
  timer->index_ = index;
}

// Moves the timer at `index` up or down to where it belongs.
void Clock::sift(std::size_t index) {
  const auto earlier = [](const Timer* a, const Timer* b) {
    return a->at_ != b->at_ ? a->at_ < b->at_ : a->order_ < b->order_;
  };
  Timer* moving = heap_[index];
  while (index > 0 && earlier(moving, heap_[(index - 1) / 2])) {
    place(index, heap_[(index - 1) / 2]);
    index = (index - 1) / 2;
  }
  while (true) {
    std::size_t child = 2 * index + 1;
    if (child >= heap_.size()) {
      break;
    }
    if (child + 1 < heap_.size() && earlier(heap_[child + 1], heap_[child])) {
      ++child;
    }
    if (!earlier(heap_[child], moving)) {
      break;
    }
    place(index, heap_[child]);
    index = child;
  }
  place(index, moving);
}

void Timer::arm(Time at) {
  disarm();
  if (at != Time::max()) {
    at_ = at;
    clock_.insert(*this);
  }
}

void Timer::disarm() {
  if (armed()) {
    clock_.remove(*this);
  }
}

}  // namespace truerelay::io
