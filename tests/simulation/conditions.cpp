#include "tests/simulation/conditions.h"

#include <fmt/core.h>

#include <algorithm>

#include "tests/simulation/world.h"

namespace truerelay::simulation {
namespace {

io::Duration draw_wait(Random& random, std::size_t bytes_each) {
  // 40 milliseconds for 1 KiB and more; for single bytes 40 microseconds.
  const std::uint64_t longest = 40 * std::min<std::uint64_t>(bytes_each, 1024);
  return io::Duration{static_cast<io::Duration::rep>(random.scaled_between(1, longest))};
}

Conditions::Way draw_way(Random& random) {
  Conditions::Way way;
  if (random.chance(0.5)) {
    way.window = random.scaled_between(1, Conditions::kLargestWindow);
  }
  if (random.chance(0.6)) {
    way.largest_piece = random.scaled_between(1, way.window);
    way.smallest_piece = random.chance(0.8) ? 1 : way.largest_piece;
  }
  way.latency = draw_wait(random, way.window);
  way.jitter = draw_wait(random, way.largest_piece);
  return way;
}

}  // namespace

Conditions Conditions::draw(Random& random) {
  Conditions conditions;
  conditions.to_server = draw_way(random);
  conditions.to_client = draw_way(random);
  return conditions;
}

std::string Conditions::Way::describe() const {
  return fmt::format("window {}, pieces {} to {}, latency {}, jitter {}", window, smallest_piece,
                     largest_piece, text_of(latency), text_of(jitter));
}

std::string Conditions::describe() const {
  return fmt::format("{}: {}; {}: {}", simulation::describe(Direction::to_server),
                     to_server.describe(), simulation::describe(Direction::to_client),
                     to_client.describe());
}

}  // namespace truerelay::simulation
