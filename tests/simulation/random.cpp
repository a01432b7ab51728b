#include "tests/simulation/random.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace truerelay::simulation {

std::uint64_t Random::next() {
  state_ += 0x9E3779B97F4A7C15U;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
  return mixed ^ (mixed >> 31U);
}

std::uint64_t Random::between(std::uint64_t least, std::uint64_t most) {
  assert(least <= most);
  const std::uint64_t range = most - least;
  if (range == 0) {
    return least;
  }
  // Draws as many bits as the range has and throws away what lies above it, so that no value is
  // favoured.
  const std::uint64_t mask = ~std::uint64_t{0} >> std::countl_zero(range);
  while (true) {
    const std::uint64_t drawn = next() & mask;
    if (drawn <= range) {
      return least + drawn;
    }
  }
}

std::uint64_t Random::scaled_between(std::uint64_t least, std::uint64_t most) {
  assert(least >= 1 && least <= most);
  const auto bits = static_cast<unsigned>(between(static_cast<unsigned>(std::bit_width(least)),
                                                  static_cast<unsigned>(std::bit_width(most))));
  const std::uint64_t lowest = std::uint64_t{1} << (bits - 1);
  return between(std::max(least, lowest), std::min(most, lowest | (lowest - 1)));
}

bool Random::chance(double p) {
  // 53 bits make a double below 1 exactly.
  return static_cast<double>(next() >> 11U) * 0x1.0p-53 < p;
}

}  // namespace truerelay::simulation
