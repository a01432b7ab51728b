#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/simulation/sweep/books.h"
#include "tests/simulation/sweep/wire_book.h"

namespace truerelay::simulation {

// How many letters came out how, over any number of runs. One that came several times counts as
// often.
struct Tally {
  std::uint64_t letters = 0;
  std::uint64_t true_accepts = 0;
  std::uint64_t by_fallback = 0;    // Of these.
  std::uint64_t remembered = 0;     // Of these: it was accepted when it came before.
  std::uint64_t repaired = 0;       // Of these: the content was begun more than once.
  std::uint64_t overtaken = 0;      // Copies that went after a later one of the same; see copies.h.
  std::uint64_t true_refusals = 0;  // Of the message, or of every recipient.
  std::uint64_t in_doubt = 0;       // Told so, and so it was.
  std::uint64_t client_gone = 0;    // The client was not there to hear the end.

  void add(const Tally& other);
};

// All that the books say about one letter.
struct Case {
  const Letter& letter;
  std::vector<const Told*> told;  // In order: it may have come more than once.
  Done done;
  std::vector<WireBook::End> ends;
  std::vector<observe::MessageRecord> records;
  bool remembers = true;  // The relay remembers what its clients did not hear (rule T7).
  // Where there is less evidence than in a simulated world:
  bool wire_watched = true;    // `ends` is known.
  std::size_t unrecorded = 0;  // So many records are missing, and the log says that it lost some.
};

// Holds what a client was told against what the upstreams did (rules T1 to T7), against what was
// handed on to them, and against what the relay wrote down. Each sentence that it returns is a lie,
// a silence, a duplicate or an altered body; a truthful run returns none.
[[nodiscard]] std::vector<std::string> judge(const Case& books, Tally& tally);

}  // namespace truerelay::simulation
