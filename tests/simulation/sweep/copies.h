#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "tests/simulation/sweep/books.h"

namespace truerelay::simulation {

// How often upstreams may have accepted a letter that its client sent whole, with the same
// recipients, once or several times.
struct Copies {
  std::size_t least = 0;
  std::size_t most = 0;
};

// `told` is what the client was told each time, in order. `doubts` is how often an upstream gave no
// answer, each of which may have been an acceptance. `remembers` says that rule T7 is on.
[[nodiscard]] Copies copies_to_expect(const std::vector<const Told*>& told, std::size_t doubts,
                                      bool remembers);

// How many copies went to their last byte only after the client had heard the end of a later one. A
// client that leaves while an upstream takes its message slowly, comes again and is served by a
// faster one, has sent two: nobody knew of the second one's outcome when the first one began.
[[nodiscard]] std::size_t overtaken(const std::vector<const Told*>& told,
                                    const std::vector<HandedOn>& ends);

// The recipients that the client was told are accepted,
[[nodiscard]] std::set<std::string> told_accepted(const Told& told);
// and those for which the message was.
[[nodiscard]] std::set<std::string> recipients_of(const Accepted& message);

}  // namespace truerelay::simulation
