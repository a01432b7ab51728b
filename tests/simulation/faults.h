#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "io/clock.h"
#include "tests/simulation/direction.h"
#include "tests/simulation/random.h"

namespace truerelay::simulation {

inline constexpr io::Duration kForEver = io::Duration::max();

// One thing that goes wrong on a link, at an exact place.
//
// It strikes once the first `at` bytes of its direction have arrived, whether or not there is a
// next byte, and no byte from `at` on arrives before it has struck.
struct Fault {
  enum class Kind {
    reset,  // The connection breaks for both sides; what is under way the other way may be lost.
    end,    // The reader of this direction sees the end of the stream; the writer notices nothing.
    hang_up,  // Both sides see the end of the stream.
    stall,    // Nothing more arrives in this direction for a while, or for ever.
    freeze,   // Nothing more arrives in either direction.
    insert,   // A byte that nobody sent arrives before byte `at`.
    flip,     // Bits of byte `at` arrive changed.
  };

  Kind kind = Kind::reset;
  Direction direction = Direction::to_server;
  std::uint64_t at = 0;
  // Not at once: the bytes from `at` on are held back this long, and then it strikes.
  io::Duration after{0};
  io::Duration lasts = kForEver;  // stall, freeze
  std::uint8_t value = 0;         // insert: the byte; flip: the bits to change, not 0

  [[nodiscard]] std::string describe() const;
};

// Everything that goes wrong on one link.
struct Faults {
  struct Draw {
    // A little more than is expected to go each way, so that faults also strike after the end.
    std::uint64_t bytes_to_server = 4096;
    std::uint64_t bytes_to_client = 4096;
    // Allows insert and flip. Over TLS these only end the session, so they are for plain links.
    bool corruption = false;
  };

  std::vector<Fault> list{};

  // One to three faults; early bytes are struck more often than late ones.
  [[nodiscard]] static Faults draw(Random& random, const Draw& limits);

  // One line; "no faults" if there are none.
  [[nodiscard]] std::string describe() const;
};

}  // namespace truerelay::simulation
