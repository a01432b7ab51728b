#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>

#include "io/clock.h"
#include "io/executor.h"

struct uv_loop_s;

namespace truerelay::net {

// The event loop of one engine, on libuv: executor and clock for everything that runs on it. One
// thread; several loops can stand in one process.
//
// Whatever was made on the loop (streams, listeners, dialogues) goes before it. The destructor lets
// libuv finish: it waits for name lookups that the system has not answered yet, and for nothing
// else.
class Loop final : public io::Executor, public io::Clock {
 public:
  // Throws std::system_error where the system grants no loop. Sees to it that writing to a broken
  // connection is an error and not a signal (SIGPIPE), for the whole process.
  Loop();
  ~Loop() override;

  // Runs until stop(), or until nothing is left: no job, no armed timer, no operation under way, no
  // listener. May be called again.
  void run();
  // From the loop's thread. Without a run() under way, the next one returns at once.
  void stop();

  [[nodiscard]] io::Time now() const override;
  [[nodiscard]] io::WallTime wall_now() const override;

  // For this folder.
  [[nodiscard]] uv_loop_s* native();
  // Where a stream reads what is likely to be little, before it takes as much memory as that needs.
  // Good for one read, and wiped after it. Commands and replies fit.
  static constexpr std::size_t kALittle = std::size_t{4} * 1024;
  [[nodiscard]] std::span<char> room_for_a_little() { return room_for_a_little_; }

 private:
  struct Handles;

  void became_ready() override;
  void next_expiry_moved() override;
  void run_jobs();
  void run_timers();
  void follow_next_expiry();

  std::unique_ptr<Handles> handles_;
  std::array<char, kALittle> room_for_a_little_{};
  io::Time alarm_ = io::Time::max();  // When libuv's timer is set to fire.
};

}  // namespace truerelay::net
