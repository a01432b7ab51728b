#pragma once

#include "smtp/reply.h"

namespace truerelay::simulation {

// The replies that the relay gives for itself are known by their beginnings. A refusal that is none
// of them must be the upstream's own (rule T2).
[[nodiscard]] bool in_words_of_its_own(const smtp::Reply& reply);

// "The message has a NUL or a line end other than CRLF": it was not sent on for that.
[[nodiscard]] bool says_bad_line_ends(const smtp::Reply& reply);

// "Outcome unknown": the upstream has the whole message, and its answer never came (rule T5).
[[nodiscard]] bool says_in_doubt(const smtp::Reply& reply);

}  // namespace truerelay::simulation
