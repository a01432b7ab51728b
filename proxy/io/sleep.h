#pragma once

#include <coroutine>

#include "io/cancellation.h"
#include "io/clock.h"
#include "io/executor.h"

namespace truerelay::io {

// bool reached = co_await Sleep(clock, executor, until, cancellation);
// false: cancelled before the time came.
class Sleep {
 public:
  Sleep(Clock& clock, Executor& executor, Time until, Cancellation& cancellation)
      : timer_(*this, clock),
        executor_(executor),
        until_(until),
        cancellation_(cancellation),
        link_(*this, cancellation) {}

  bool await_ready() const { return cancellation_.requested() || clock_passed(); }
  void await_suspend(std::coroutine_handle<> handle) {
    waiting_ = true;
    resumption_.set(handle);
    timer_.arm(until_);
  }
  bool await_resume() const { return !cancellation_.requested(); }

 private:
  struct Wake final : Timer {
    Wake(Sleep& owner, Clock& source) : Timer(source), sleep(owner), clock(source) {}
    void expire() override { sleep.wake(); }
    Sleep& sleep;
    Clock& clock;
  };
  struct Stop final : Cancellation::Link {
    Stop(Sleep& owner, Cancellation& source) : Link(source), sleep(owner) {}
    void cancelled() override { sleep.wake(); }
    Sleep& sleep;
  };

  bool clock_passed() const { return until_ <= timer_.clock.now(); }
  void wake() {
    if (waiting_) {
      waiting_ = false;
      timer_.disarm();
      executor_.post(resumption_);
    }
  }

  Wake timer_;
  Executor& executor_;
  Time until_;
  Cancellation& cancellation_;
  Stop link_;
  Resumption resumption_;
  bool waiting_ = false;
};

}  // namespace truerelay::io
