#pragma once

#include <cstdint>
#include <future>
#include <memory>
#include <thread>

#include "app/engine.h"
#include "config/config.h"

namespace truerelay::app {

// An engine that runs on a thread of its own. All engines of this process stop at SIGTERM.
class RunningEngine {
 public:
  explicit RunningEngine(const config::Config& config);
  RunningEngine(const RunningEngine&) = delete;
  RunningEngine& operator=(const RunningEngine&) = delete;
  ~RunningEngine();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  // run() has returned; waits for that, as long as a slow machine may take.
  [[nodiscard]] bool has_ended();
  // It has not, and a short wait changes nothing about that.
  [[nodiscard]] bool goes_on();

  // Sends SIGTERM to this process.
  static void ask_all_to_stop();
  // Sends SIGHUP.
  static void ask_all_to_reload();

 private:
  std::unique_ptr<Engine> engine_;
  std::uint16_t port_ = 0;
  std::promise<void> ended_;
  std::future<void> end_ = ended_.get_future();
  std::thread thread_;
};

}  // namespace truerelay::app
