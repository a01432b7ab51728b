#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/random.h"
#include "tests/simulation/sweep/generation.h"
#include "tests/simulation/sweep/practice_upstream.h"

namespace truerelay::simulation {

// What stays the same in one world, whatever the settings.
struct Circumstances {
  bool passthrough = false;  // Clients log in upstream as themselves;
  bool local_login = false;  // or some of them here.
  bool tokens = false;       // The upstream is logged in to with tokens.
  bool remembers = true;     // Rule T7 is on.
  bool rejects_bare_line_ends = false;

  [[nodiscard]] static Circumstances draw(Random& random);
};

[[nodiscard]] relay::Tls draw_tls(Random& random);
// A fallback has a mind of its own, and may refuse what the first one took.
[[nodiscard]] sandbox::Settings draw_sandbox(Random& random, const std::string& host,
                                             relay::Tls tls, bool fallback);
[[nodiscard]] Plan draw_plan(Random& random, const Circumstances& circumstances,
                             const PracticeUpstream& first, const PracticeUpstream& fallback);

}  // namespace truerelay::simulation
