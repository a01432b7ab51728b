#pragma once

#include <cstddef>
#include <cstdint>

namespace truerelay::simulation {

// Chance that repeats: the same seed gives the same numbers with every compiler and library, which
// the distributions of <random> do not promise. The generator is SplitMix64.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  [[nodiscard]] std::uint64_t next();

  // Both bounds included, every value equally likely; `least` is at most `most`.
  [[nodiscard]] std::uint64_t between(std::uint64_t least, std::uint64_t most);

  // Both bounds included, every order of magnitude equally likely: for windows, sizes and waits,
  // where 3 and 30,000 are both worth trying. `least` is at least 1.
  [[nodiscard]] std::uint64_t scaled_between(std::uint64_t least, std::uint64_t most);

  // True with probability `p`: never for 0, always for 1.
  [[nodiscard]] bool chance(double p);

  // An independent generator: what one draws does not change what the other one will.
  [[nodiscard]] Random fork() { return Random(next()); }

 private:
  std::uint64_t state_;
};

}  // namespace truerelay::simulation
