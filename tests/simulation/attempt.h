#pragma once

#include <string>

#include "io/clock.h"
#include "tests/simulation/conditions.h"
#include "tests/simulation/faults.h"
#include "tests/simulation/random.h"

namespace truerelay::simulation {

// What becomes of one attempt to connect, and of the connection if it comes about.
struct Attempt {
  enum class Answer {
    connects,      // Provided that somebody listens there.
    unknown_name,  // The name service answers: no such host.
    refused,       // The host answers: nobody listens.
    silence,       // Nothing answers, until the deadline.
  };

  struct Odds {
    double unknown_name = 0.02;
    double refused = 0.03;
    double silence = 0.02;
    double faulty = 0.5;  // The connection comes about and has faults.
    Faults::Draw faults{};
  };

  Answer answer = Answer::connects;
  io::Duration delay{500};  // Until the answer.
  Conditions conditions{};
  Faults faults{};

  [[nodiscard]] static Attempt draw(Random& random, const Odds& odds);

  // One line.
  [[nodiscard]] std::string describe() const;
};

}  // namespace truerelay::simulation
