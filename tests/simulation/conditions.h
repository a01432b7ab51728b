#pragma once

#include <cstddef>
#include <string>

#include "io/clock.h"
#include "tests/simulation/direction.h"
#include "tests/simulation/random.h"

namespace truerelay::simulation {

// How a healthy link carries bytes: nothing here loses or changes any.
struct Conditions {
  static constexpr std::size_t kLargestWindow = std::size_t{64} * 1024;

  // One direction.
  struct Way {
    // Bytes that may be accepted from the writer and not yet taken by the reader; 1 or more.
    std::size_t window = kLargestWindow;
    // A delivery carries between these many bytes, or all that are there if they are fewer.
    std::size_t smallest_piece = kLargestWindow;
    std::size_t largest_piece = kLargestWindow;
    // How long the first bytes after a silence take ...
    io::Duration latency{100};
    // ... and at most how much time lies between deliveries.
    io::Duration jitter{0};

    [[nodiscard]] std::string describe() const;
  };

  Way to_server;
  Way to_client;

  // From one byte at a time through a window of one byte to all at once. Waits are the shorter the
  // smaller the window and the pieces are, so that a session takes seconds and not hours.
  [[nodiscard]] static Conditions draw(Random& random);

  [[nodiscard]] const Way& way(Direction direction) const {
    return direction == Direction::to_server ? to_server : to_client;
  }
  // One line.
  [[nodiscard]] std::string describe() const;
};

}  // namespace truerelay::simulation
