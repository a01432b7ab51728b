#pragma once

#include <cstdint>
#include <string>

#include "tests/simulation/random.h"
#include "tests/simulation/sweep/census.h"

namespace truerelay::simulation {

// What an upstream does out of turn on one connection, once.
struct Whim {
  enum class Kind {
    none,
    refuse_greeting,  // Says `words` instead of a greeting, and leaves.
    put_off,          // Command number `at` is not carried out: `words` is its answer.
    leave,            // The same, and the connection ends.
    leave_in_body,    // Says `words` and leaves when octet `at` of a body has come.
    leave_idle,       // Says `words` and leaves, `at` seconds after its last answer to a message.
    garble,           // Command number `at` is not carried out, and its answer makes no sense.
    garble_end,       // The answer to the end of message number `at` makes no sense.
  };

  Kind kind = Kind::none;
  std::uint64_t at = 0;
  std::string words{};  // With their line ends.

  // Most connections have none.
  [[nodiscard]] static Whim draw(Random& random);
};

// Under what it is counted when it strikes.
void count(const Whim& whim, Census& census);

}  // namespace truerelay::simulation
