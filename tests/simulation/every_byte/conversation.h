#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/every_byte/mode.h"
#include "tests/simulation/sweep/oracle.h"
#include "tests/simulation/sweep/practice_tls.h"
#include "tests/simulation/sweep/wire_book.h"

namespace truerelay::simulation {

// One conversation from beginning to end: a client sends a message to two recipients of whom one is
// refused, and the upstream's first connection dies where it is told to.
struct Conversation {
  Tally tally;
  std::vector<std::string> wrong;  // Sentences; empty: all is well.
  std::string trace;               // Where it was asked for.
  // How much the first connection carried, and how much of that before the message at issue.
  WireBook::Carried carried;
  WireBook::Carried before;
};

[[nodiscard]] std::string upstream_host();

[[nodiscard]] Conversation hold_conversation(const Mode& mode, std::optional<Place> death,
                                             const PracticeTls& practice, bool traced);

}  // namespace truerelay::simulation
