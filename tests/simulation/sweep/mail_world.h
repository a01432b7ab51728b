#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/sweep/oracle.h"

namespace truerelay::simulation {

// TLS for the upstreams of all runs: making a key pair costs more than a whole run.
class PracticeTls {
 public:
  PracticeTls();
  ~PracticeTls();

 private:
  friend class MailWorld;
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

// One run: a relay, a practice upstream and a few clients in a simulated world, with all that goes
// wrong there, drawn from the seed.
class MailWorld {
 public:
  struct Report {
    std::uint64_t sessions = 0;
    Tally tally;
    std::vector<std::string> wrong;  // Sentences; empty: the relay told the truth.
    std::string trace;               // Where it was asked for.
  };

  MailWorld(std::uint64_t seed, PracticeTls& tls, bool traced);
  ~MailWorld();

  [[nodiscard]] Report run();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace truerelay::simulation
