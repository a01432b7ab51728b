#include "tests/fuzz/spoken_to.h"

#include <utility>

#include "tests/fuzz/pieces.h"
#include "tests/fuzz/require.h"

namespace truerelay::fuzz {
namespace {

simulation::LinkOptions drawn(std::uint64_t seed) {
  simulation::Random random(seed);
  simulation::LinkOptions options;
  options.conditions.to_server.smallest_piece = 1;
  options.conditions.to_server.largest_piece = random.scaled_between(1, 5000);
  return options;
}

}  // namespace

SpokenTo::SpokenTo(std::string_view says)
    : world_(seed_of(says)),
      ends_(simulation::make_link(world_, drawn(seed_of(says)))),
      says_(says) {}

std::string SpokenTo::meets(const Listener& listener) {
  scope_.spawn(listener(std::move(ends_.server), world_.now() + std::chrono::minutes(1)));
  scope_.spawn(say());
  scope_.spawn(hear());
  const auto stop = world_.run({.steps = 1'000'000, .time = std::chrono::minutes(10)});
  require(stop == simulation::World::Stop::nothing_left && scope_.running() == 0,
          "whoever is spoken to comes to an end");
  return told_;
}

io::Task<void> SpokenTo::say() {
  const io::Result<void> written = co_await ends_.client->write(says_);
  if (written) {
    ends_.client->shutdown();
  }
}

io::Task<void> SpokenTo::hear() {
  Buffer buffer;
  while (true) {
    const io::Result<std::size_t> count = co_await ends_.client->read(buffer);
    told_ += buffer.readable();
    buffer.clear();
    if (!count || *count == 0) {
      co_return;
    }
  }
}

}  // namespace truerelay::fuzz
