#include "tests/simulation/sweep/own_words.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace truerelay::simulation {
namespace {

struct Beginning {
  int code;
  std::string_view text;
};

constexpr std::array kBeginnings = {
    Beginning{421, "4.3.2 truerelay is being stopped"},
    Beginning{421, "4.3.2 All client connections"},
    Beginning{421, "4.3.2 The settings of truerelay have changed"},
    Beginning{421, "4.4.2 Nothing came for too long"},
    Beginning{421, "4.4.2 The data ended before its final dot"},
    Beginning{421, "4.7.0 Too many errors"},
    Beginning{451, "4.3.2 Upstream "},
    Beginning{451, "4.4.1 truerelay cannot reach upstream "},
    Beginning{451, "4.4.1 Upstream "},
    Beginning{451, "4.4.2 Outcome unknown: upstream "},
    Beginning{451, "4.4.2 The connection to upstream "},
    Beginning{451, "4.4.2 The same message, from a client that has left"},
    Beginning{451, "4.4.2 Upstream "},
    Beginning{451, "4.4.3 truerelay cannot find the address of upstream "},
    Beginning{451, "4.5.0 Upstream "},
    Beginning{451, "4.7.5 There is no trusted TLS connection to upstream "},
    Beginning{451, "4.7.5 Upstream "},
    Beginning{452, "4.5.3 Too many recipients"},
    Beginning{454, "4.7.0 The login cannot be checked"},
    Beginning{454, "4.7.0 Upstream "},
    Beginning{454, "4.7.0 truerelay cannot get credentials for upstream "},
    Beginning{503, "5.5.1 "},
    Beginning{530, "5.7.0 Authentication required"},
    Beginning{552, "5.3.4 The message is larger than the "},
    Beginning{553, "5.6.7 Upstream "},
    Beginning{554, "5.5.1 No recipient was accepted"},
    Beginning{554, "5.6.0 The message has a NUL or a line end"},
    Beginning{554, "5.7.8 Upstream "},
    Beginning{554, "5.7.8 truerelay gets no access token for upstream "},
    Beginning{554, "5.7.8 truerelay has no usable password for upstream "},
};

}  // namespace

bool in_words_of_its_own(const smtp::Reply& reply) {
  return std::ranges::any_of(kBeginnings, [&](const Beginning& beginning) {
    return reply.code == beginning.code && reply.lines.front().starts_with(beginning.text);
  });
}

bool says_bad_line_ends(const smtp::Reply& reply) {
  return reply.code == 554 && reply.lines.front().starts_with("5.6.0 The message has a NUL");
}

bool says_in_doubt(const smtp::Reply& reply) {
  return reply.code == 451 && reply.lines.front().starts_with("4.4.2 Outcome unknown");
}

}  // namespace truerelay::simulation
