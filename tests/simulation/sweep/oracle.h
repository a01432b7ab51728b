#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/simulation/sweep/books.h"

namespace truerelay::simulation {

// How many letters came out how, over any number of runs.
struct Tally {
  std::uint64_t letters = 0;
  std::uint64_t true_accepts = 0;
  std::uint64_t true_refusals = 0;  // Of the message, or of every recipient.
  std::uint64_t in_doubt = 0;       // Told so, and so it was.
  std::uint64_t client_gone = 0;    // The client was not there to hear the end.

  void add(const Tally& other);
};

// Holds what a client was told against what the upstream did (rules T1 to T7), and against what the
// relay wrote down. Each sentence that it returns is a lie, a silence, a duplicate or an altered
// body; a truthful run returns none.
[[nodiscard]] std::vector<std::string> judge(const Told& told, const Done* done,
                                             const std::vector<observe::MessageRecord>& records,
                                             Tally& tally);

}  // namespace truerelay::simulation
