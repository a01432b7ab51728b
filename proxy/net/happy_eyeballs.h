#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "io/cancellation.h"
#include "io/clock.h"
#include "io/executor.h"
#include "io/task.h"
#include "net/bell.h"
#include "net/socket_address.h"

namespace truerelay::net {

// Happy Eyeballs (RFC 8305): several addresses, one connection, and no long wait for an address
// that does not answer. Addresses and time only; the sockets are behind `Attempts`.

// A name may have any number of addresses; no more are tried.
inline constexpr std::size_t kMostAttempts = 32;
// Section 5: Connection Attempt Delay.
inline constexpr io::Duration kAttemptDelay = std::chrono::milliseconds(250);

// Section 4: families alternate, IPv6 first; within a family the order is the resolver's (RFC
// 6724). Each address once, kMostAttempts of them.
[[nodiscard]] std::vector<SocketAddress> order_of_attempts(
    const std::vector<SocketAddress>& addresses);

class Race;

// The attempts of one race, by number.
class Attempts {
 public:
  virtual ~Attempts() = default;
  // Starts attempt number `index`, which ends by race.succeeded() or race.failed(), now or later
  // from the loop. Nothing is told after the race: whoever owns the attempts drops those left over.
  virtual void start(std::size_t index, Race& race) = 0;
};

// Section 5: the next attempt starts when one has failed, or 250 ms after the one before it. The
// first success ends the race.
class Race {
 public:
  enum class End { won, all_failed, timed_out, cancelled };

  Race(io::Clock& clock, io::Executor& executor, io::Cancellation& cancellation, Attempts& attempts,
       std::size_t count);

  io::Task<End> run(io::Time deadline);

  void succeeded(std::size_t index);
  void failed(std::size_t index, std::string why);

  // The number of the attempt that won.
  [[nodiscard]] std::size_t winner() const { return *winner_; }
  // What came of each attempt that was started and did not win: why it failed, or empty.
  [[nodiscard]] const std::vector<std::string>& reasons() const { return reasons_; }

 private:
  void start_next();

  io::Clock& clock_;
  io::Cancellation& cancellation_;
  Attempts& attempts_;
  std::size_t count_;
  Bell bell_;
  std::vector<std::string> reasons_;
  std::size_t running_ = 0;
  io::Time next_start_{};
  std::optional<std::size_t> winner_;
};

}  // namespace truerelay::net
