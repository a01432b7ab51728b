#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "smtp/dot_codec.h"
#include "tests/fuzz/literal_upstream.h"

namespace truerelay::fuzz {

// What a relay told a client, held against what its upstream did (rules T1 and T3): each line of
// the client has one reply, and so has each message after a 354. The upstream gives each answer
// once.
struct Told {
  std::string_view sent;   // All that the client sent,
  std::string_view heard;  // and all that it heard.
  // Who talks on after the end of the session may lose the last replies to a reset.
  bool may_be_cut = false;
};
void check_claims(const Told& told, smtp::LineEnds line_ends,
                  const std::vector<LiteralUpstream::Message>& messages);

// The reply is this one, word for word.
[[nodiscard]] bool same(std::string_view heard, const smtp::Reply& reply);

}  // namespace truerelay::fuzz
