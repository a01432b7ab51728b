// A whole session with a client that sends anything, and a plain upstream.

#include <string>

#include "tests/fuzz/claims.h"
#include "tests/fuzz/pieces.h"
#include "tests/fuzz/relay_stage.h"
#include "tests/fuzz/target.h"

namespace truerelay::fuzz {

void run(std::string_view input) {
  const std::uint64_t seed = seed_of(input);
  Conditions conditions{.seed = seed, .odd_links = seed / 8 % 4 == 0};
  conditions.line_ends = seed % 2 == 0 ? smtp::LineEnds::normalize : smtp::LineEnds::reject;
  if (seed / 2 % 2 == 0) {
    conditions.ehlo = kEhloWithChunks;
  }
  const bool odd_links = conditions.odd_links;
  const smtp::LineEnds line_ends = conditions.line_ends;
  RelayStage stage(std::move(conditions));
  stage.tell(drawn_pieces(input, 2000), seed / 4 % 2 == 0);
  stage.end();
  check_claims({.sent = input, .heard = stage.heard(), .may_be_cut = odd_links}, line_ends,
               stage.upstream().messages());
}

}  // namespace truerelay::fuzz
