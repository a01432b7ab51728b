#include "net/loop.h"

#include <uv.h>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cstdint>
#include <system_error>

#include "platform/process.h"

namespace truerelay::net {
namespace {

// After so many jobs the loop looks at its sockets and timers again.
constexpr int kJobsPerTurn = 256;

template <class Handle>
Loop& loop_of(Handle* handle) {
  return *static_cast<Loop*>(handle->data);
}

// Libuv's timers count whole milliseconds of the same clock as uv_hrtime(); rounding up, they never
// fire before their time.
std::uint64_t milliseconds(io::Time at) {
  const auto since_start = std::chrono::ceil<std::chrono::milliseconds>(at.time_since_epoch());
  return static_cast<std::uint64_t>(std::max<std::int64_t>(since_start.count(), 0));
}

}  // namespace

// The timer stands for the earliest io::Timer; the idle handle is active while jobs wait, so that
// the loop does not sleep, and runs them; the prepare handle looks, before the loop sleeps, whether
// the earliest timer has changed.
struct Loop::Handles {
  uv_loop_t loop;
  uv_timer_t timer;
  uv_idle_t jobs;
  uv_prepare_t before_sleep;
};

Loop::Loop() : handles_(std::make_unique<Handles>()) {
  platform::ignore_broken_pipes();
  const int error = uv_loop_init(&handles_->loop);
  if (error != 0) {
    throw std::system_error(-error, std::system_category(), "cannot start the event loop");
  }
  uv_timer_init(native(), &handles_->timer);
  uv_idle_init(native(), &handles_->jobs);
  uv_prepare_init(native(), &handles_->before_sleep);
  handles_->timer.data = handles_->jobs.data = handles_->before_sleep.data = this;
  uv_prepare_start(&handles_->before_sleep,
                   [](uv_prepare_t* handle) { loop_of(handle).follow_next_expiry(); });
  uv_unref(reinterpret_cast<uv_handle_t*>(&handles_->before_sleep));
}

Loop::~Loop() {
  uv_close(reinterpret_cast<uv_handle_t*>(&handles_->timer), nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&handles_->jobs), nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&handles_->before_sleep), nullptr);
  uv_walk(
      native(),
      []([[maybe_unused]] uv_handle_t* handle, void*) {
        assert(uv_is_closing(handle) && "its owner outlives the loop");
      },
      nullptr);
  uv_run(native(), UV_RUN_NOWAIT);  // A stop() that nobody heard ends this one.
  uv_run(native(), UV_RUN_DEFAULT);
  [[maybe_unused]] const int error = uv_loop_close(native());
  assert(error == 0);
}

void Loop::run() { uv_run(native(), UV_RUN_DEFAULT); }

void Loop::stop() { uv_stop(native()); }

io::Time Loop::now() const {
  return io::Time(std::chrono::duration_cast<io::Duration>(std::chrono::nanoseconds(uv_hrtime())));
}

io::WallTime Loop::wall_now() const {
  return std::chrono::floor<io::Duration>(std::chrono::system_clock::now());
}

uv_loop_s* Loop::native() { return &handles_->loop; }

void Loop::became_ready() {
  uv_idle_start(&handles_->jobs, [](uv_idle_t* handle) { loop_of(handle).run_jobs(); });
}

void Loop::run_jobs() {
  for (int i = 0; i < kJobsPerTurn; ++i) {
    if (!run_one()) {
      uv_idle_stop(&handles_->jobs);
      return;
    }
  }
}

void Loop::next_expiry_moved() { follow_next_expiry(); }

void Loop::follow_next_expiry() {
  const io::Time next = next_expiry();
  if (next == alarm_) {
    return;
  }
  alarm_ = next;
  if (next == io::Time::max()) {
    uv_timer_stop(&handles_->timer);
    return;
  }
  const std::uint64_t at = milliseconds(next);
  const std::uint64_t now = uv_now(native());
  uv_timer_start(
      &handles_->timer, [](uv_timer_t* handle) { loop_of(handle).run_timers(); },
      at > now ? at - now : 0, 0);
}

void Loop::run_timers() {
  alarm_ = io::Time::max();
  expire_due(now());
  follow_next_expiry();
}

}  // namespace truerelay::net
