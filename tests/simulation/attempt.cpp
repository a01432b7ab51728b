#include "tests/simulation/attempt.h"

#include <fmt/core.h>

#include "tests/simulation/world.h"

namespace truerelay::simulation {

Attempt Attempt::draw(Random& random, const Odds& odds) {
  Attempt attempt;
  if (random.chance(odds.unknown_name)) {
    attempt.answer = Answer::unknown_name;
  } else if (random.chance(odds.refused)) {
    attempt.answer = Answer::refused;
  } else if (random.chance(odds.silence)) {
    attempt.answer = Answer::silence;
  }
  // Mostly some milliseconds; sometimes so long that an impatient caller has gone.
  const std::uint64_t longest = random.chance(0.95) ? 100'000 : 200'000'000;
  attempt.delay = io::Duration{static_cast<io::Duration::rep>(random.scaled_between(10, longest))};
  attempt.conditions = Conditions::draw(random);
  if (random.chance(odds.faulty)) {
    attempt.faults = Faults::draw(random, odds.faults);
  }
  return attempt;
}

std::string Attempt::describe() const {
  switch (answer) {
    case Answer::connects:
      return fmt::format("connects after {}; {}; {}", text_of(delay), faults.describe(),
                         conditions.describe());
    case Answer::unknown_name:
      return "unknown name after " + text_of(delay);
    case Answer::refused:
      return "refused after " + text_of(delay);
    case Answer::silence:
      return "silence";
  }
  return {};
}

}  // namespace truerelay::simulation
