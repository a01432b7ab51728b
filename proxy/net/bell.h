#pragma once

#include "io/cancellation.h"
#include "io/clock.h"
#include "io/event.h"
#include "io/executor.h"

namespace truerelay::net {

// Wakes one coroutine when something happens, when a time comes, or when its work is cancelled,
// whichever is first. It does not say which: who wakes looks at what there is to see.
class Bell final : private io::Timer, private io::Cancellation::Link {
 public:
  Bell(io::Clock& clock, io::Executor& executor, io::Cancellation& cancellation)
      : Timer(clock), Link(cancellation), event_(executor) {}

  void ring() { event_.notify(); }
  void ring_at(io::Time time) { arm(time); }

  // co_await bell.wait();
  auto wait() { return event_.wait(); }

 private:
  void expire() override { ring(); }
  void cancelled() override { ring(); }

  io::Event event_;
};

}  // namespace truerelay::net
