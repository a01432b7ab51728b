#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "io/clock.h"
#include "io/dialer.h"
#include "io/executor.h"
#include "io/ip_address.h"
#include "io/stream.h"
#include "tests/simulation/attempt.h"

namespace truerelay::attacks {

// What a stage stands on: a network, a clock, and what makes everything go on.
//
// There are two, and each attack runs on both: the simulated network, and real TCP sockets of the
// loopback interface. The time is virtual on either, it jumps to the next timer when nothing else
// can happen, so that no attack that takes minutes takes them.
class Ground {
 public:
  using Accept = std::function<void(std::unique_ptr<io::Stream>, io::Peer)>;

  // A connection of a client, whose other end the relay has not been told of yet.
  struct Ends {
    std::unique_ptr<io::Stream> client;
    std::unique_ptr<io::Stream> relay;
    io::Peer peer;
  };

  Ground() = default;
  Ground(const Ground&) = delete;
  Ground& operator=(const Ground&) = delete;
  virtual ~Ground() = default;

  [[nodiscard]] virtual io::Executor& executor() = 0;
  [[nodiscard]] virtual io::Clock& clock() = 0;
  [[nodiscard]] virtual Ends connect() = 0;
  // All that the dialer is asked for is at `place`, and connects to `accept`.
  virtual void serve(const io::Endpoint& place, Accept accept) = 0;
  [[nodiscard]] virtual io::Dialer& dialer() = 0;

  // Until the condition holds, which is what it gives; asked before every step. It may end without,
  // when nothing is left to happen, or after `most`.
  virtual bool run_until(const std::function<bool()>& done, io::Duration most) = 0;
  void run_for(io::Duration duration) {
    run_until([] { return false; }, duration);
  }
};

// What becomes of the first connection to the upstream is the simulated network's to decide.
[[nodiscard]] std::unique_ptr<Ground> make_ground(simulation::Attempt first);
[[nodiscard]] bool ground_is_simulated();

// How much is under way, at most, to an end that does not read.
[[nodiscard]] std::uint64_t most_under_way();

}  // namespace truerelay::attacks
