#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "observe/events.h"
#include "tests/simulation/sweep/books.h"
#include "tests/simulation/sweep/verdict.h"

namespace truerelay::simulation {

// All that the books say about one letter.
struct Case {
  const Letter& letter;
  std::vector<const Told*> told;  // In order: it may have come more than once.
  Done done;
  std::vector<HandedOn> ends;
  std::vector<observe::MessageRecord> records;
  bool remembers = true;  // The relay remembers what its clients did not hear (rule T7).
  bool rejects_bare_line_ends = false;  // So do all its listeners; else they make them CRLF.
  bool bare_line_end_handed_on = false;
  // Where there is less evidence than in a simulated world:
  bool wire_watched = true;    // `ends` is known.
  std::size_t unrecorded = 0;  // So many records are missing, and the log says that it lost some.
  // Every 4xx and 5xx that an upstream said to anything, each on one line, for a client may hear
  // what was said to a login or to nobody; nullptr where they are not on record.
  const std::set<std::string>* refusals = nullptr;
};

// Holds what a client was told against what the upstreams did (rules T1 to T7), against what was
// handed on to them, and against what the relay wrote down; counts each message and each recipient
// of it under its verdict. Each sentence that it returns is a wrong, its kind in front; a truthful
// run returns none.
[[nodiscard]] std::vector<std::string> judge(const Case& books, Tally& tally);

}  // namespace truerelay::simulation
