#pragma once

#include <array>
#include <functional>

#include "net/handle.h"

namespace truerelay::net {

class Loop;

// What the system or a person at a terminal asks of the process, told from the loop.
// It does not keep the loop running. On Windows libuv gives Ctrl+C (interrupt) and the closing of
// the console window (hang_up); a service is stopped, and told to reload, by other means.
enum class Signal { interrupt, terminate, hang_up };  // SIGINT, SIGTERM, SIGHUP

class Signals {
 public:
  using OnSignal = std::function<void(Signal)>;

  // From here on these signals do not end the process. Throws std::system_error.
  Signals(Loop& loop, OnSignal on_signal);
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals() = default;  // The signals have their usual effect again.

 private:
  OnSignal on_signal_;
  std::array<SignalHandle, 3> handles_;
};

}  // namespace truerelay::net
