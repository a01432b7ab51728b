#include <fmt/core.h>

#include <utility>

#include "tests/attacks/ground.h"
#include "tests/simulation/link.h"
#include "tests/simulation/network.h"
#include "tests/simulation/world.h"

namespace truerelay::attacks {
namespace {

using simulation::World;

constexpr std::uint64_t kSeed = 51764;
constexpr std::uint64_t kMostSteps = 5'000'000;

class SimulatedGround final : public Ground {
 public:
  explicit SimulatedGround(simulation::Attempt first) {
    network_.set_plan([attempt = std::move(first)](const io::Endpoint&, std::uint64_t number,
                                                   simulation::Random&) {
      return number == 1 ? attempt : simulation::Attempt{};
    });
  }

  io::Executor& executor() override { return world_; }
  io::Clock& clock() override { return world_; }

  Ends connect() override {
    simulation::LinkEnds ends = simulation::make_link(world_, {});
    return {std::move(ends.client),
            std::move(ends.server),
            {simulation::ipv4(127, 0, 0, 1), fmt::format("127.0.0.1:{}", ++port_)}};
  }

  void serve(const io::Endpoint& place, Accept accept) override {
    network_.listen(place.host, place.port, std::move(accept));
  }
  io::Dialer& dialer() override { return dialer_; }

  bool run_until(const std::function<bool()>& done, io::Duration most) override {
    const io::Time until = world_.now() + most;
    const World::Stop stop = world_.run_until(done, {.steps = kMostSteps, .time = most});
    if (stop == World::Stop::nothing_left) {
      (void)world_.run_for(until - world_.now());
    }
    return stop == World::Stop::done;
  }

 private:
  World world_{kSeed};
  simulation::Network network_{world_};
  simulation::SimulatedDialer dialer_{network_, simulation::ipv4(127, 0, 0, 1)};
  std::uint16_t port_ = 49152;
};

}  // namespace

std::unique_ptr<Ground> make_ground(simulation::Attempt first) {
  return std::make_unique<SimulatedGround>(std::move(first));
}
bool ground_is_simulated() { return true; }
std::uint64_t most_under_way() { return 1U << 20; }

}  // namespace truerelay::attacks
