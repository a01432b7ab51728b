#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/sweep/census.h"
#include "tests/simulation/sweep/oracle.h"
#include "tests/simulation/sweep/practice_tls.h"

namespace truerelay::simulation {

// One run: a relay, its practice upstreams, its provider of tokens and a few clients in a simulated
// world, with all that goes wrong there, drawn from the seed.
class MailWorld {
 public:
  struct Report {
    std::uint64_t sessions = 0;
    Tally tally;
    Census census;
    std::vector<std::string> wrong;  // Sentences; empty: the relay told the truth.
    std::string trace;               // Where it was asked for.
  };

  // For these hosts the certificate is to be.
  [[nodiscard]] static std::vector<std::string> upstream_hosts();

  MailWorld(std::uint64_t seed, const PracticeTls& practice, bool traced);
  ~MailWorld();

  [[nodiscard]] Report run();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace truerelay::simulation
