#pragma once

#include <coroutine>

#include "io/executor.h"

namespace truerelay::io {

// Wakes one coroutine from another. A notification that comes while nobody waits is kept (one, not
// a count) and makes the next wait() return at once.
class Event {
 public:
  explicit Event(Executor& executor) : executor_(executor) {}

  void notify() {
    if (waiting_) {
      waiting_ = false;
      executor_.post(resumption_);
    } else {
      notified_ = true;
    }
  }

  // co_await event.wait(); one waiter at a time.
  auto wait() {
    struct Awaiter {
      Event& event;
      bool await_ready() const {
        const bool notified = event.notified_;
        event.notified_ = false;
        return notified;
      }
      void await_suspend(std::coroutine_handle<> handle) const {
        event.resumption_.set(handle);
        event.waiting_ = true;
      }
      void await_resume() const {}
    };
    return Awaiter{*this};
  }

 private:
  Executor& executor_;
  Resumption resumption_;
  bool waiting_ = false;
  bool notified_ = false;
};

}  // namespace truerelay::io
