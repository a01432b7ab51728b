#pragma once

#include <cassert>
#include <coroutine>
#include <cstddef>
#include <exception>

#include "io/event.h"
#include "io/executor.h"
#include "io/task.h"

namespace truerelay::io {

// Owns coroutines that nobody awaits. A scope outlives what runs in it: whoever owns it cancels the
// work, awaits finished(), and only then lets the scope go.
class Scope {
 public:
  explicit Scope(Executor& executor) : none_left_(executor) {}
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;
  ~Scope() { assert(running_ == 0); }

  // Runs `task` until its first wait, before this returns; the rest from the loop.
  void spawn(Task<void> task) {
    ++running_;
    run(*this, std::move(task));
  }

  [[nodiscard]] std::size_t running() const { return running_; }

  // Returns when nothing runs. One waiter.
  Task<void> finished() {
    while (running_ > 0) {
      co_await none_left_.wait();
    }
  }

 private:
  // A frame that starts at once and frees itself.
  struct Root {
    struct promise_type {
      Root get_return_object() const noexcept { return {}; }
      std::suspend_never initial_suspend() const noexcept { return {}; }
      std::suspend_never final_suspend() const noexcept { return {}; }
      void return_void() const noexcept {}
      [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
    };
  };
  static Root run(Scope& scope, Task<void> task) {
    co_await std::move(task);
    scope.ended();
  }
  void ended() {
    if (--running_ == 0) {
      none_left_.notify();
    }
  }

  Event none_left_;
  std::size_t running_ = 0;
};

}  // namespace truerelay::io
