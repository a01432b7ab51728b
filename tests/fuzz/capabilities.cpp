// The lines of a server's answer to EHLO, and what the relay makes of them for its own.

#include "smtp/capabilities.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/ascii.h"
#include "smtp/reply.h"
#include "tests/fuzz/passed_on.h"
#include "tests/fuzz/pieces.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/target.h"

namespace truerelay::fuzz {
namespace {

bool is_mechanism(std::string_view name) {
  return !name.empty() && name.size() <= 20 && std::ranges::all_of(name, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

}  // namespace

void run(std::string_view input) {
  smtp::Reply ehlo(250, std::vector<std::string>{});
  for (const std::string_view line : fields(input, '\n', 128)) {
    ehlo.lines.push_back(smtp::reply_text(line));  // As the parser of replies gives them.
  }
  const smtp::Capabilities found = parse_capabilities(ehlo);
  for (const std::string& mechanism : found.auth) {
    require(is_mechanism(mechanism), "what is offered for AUTH is the name of a mechanism");
    require(std::ranges::count(found.auth, mechanism) == 1, "no mechanism is offered twice");
  }
  require(found.size_offered || found.size == 0, "no size without SIZE");

  smtp::Reply own(250, "relay.example");
  for (const std::string& line : capability_lines(found)) {
    require(is_plain(line), "no line of ours has a control byte");
    own.lines.push_back(line);
  }
  require(parse_capabilities(own) == found, "what is written is what was read");
}

}  // namespace truerelay::fuzz
