#include "tests/fuzz/relay_stage.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <utility>

#include "digest/key.h"
#include "io/cancellation.h"
#include "io/scope.h"
#include "observe/events.h"
#include "relay/listener.h"
#include "relay/services.h"
#include "relay/upstream.h"
#include "tests/attacks/ground.h"
#include "tests/fuzz/require.h"
#include "tests/simulation/link.h"
#include "tests/simulation/memory_scratch.h"
#include "tests/simulation/network.h"
#include "tests/simulation/world.h"

namespace truerelay::fuzz {
namespace {

using simulation::World;

// A session that goes on after that goes on for ever.
constexpr World::Bound kPatience{.steps = 3'000'000, .time = std::chrono::hours(2)};
constexpr const char* kHost = "localhost";
constexpr std::uint16_t kPort = 2587;

class NoEvents final : public observe::Events {
 public:
  void message(const observe::MessageRecord& /*record*/) override {}
  void session_failed(const observe::SessionRecord& /*record*/) override {}
  void note(observe::Level /*level*/, std::string_view /*upstream*/,
            std::string_view /*text*/) override {}
};

// The simulated network, its links as they are drawn.
class DrawnGround final : public attacks::Ground {
 public:
  DrawnGround(std::uint64_t seed, bool odd) : world(seed), odd_(odd) {
    network_.set_plan([this](const io::Endpoint&, std::uint64_t, simulation::Random& random) {
      simulation::Attempt attempt;
      attempt.conditions = drawn(random);
      return attempt;
    });
  }

  io::Executor& executor() override { return world; }
  io::Clock& clock() override { return world; }
  Ends connect() override {
    simulation::LinkOptions options;
    options.conditions = drawn(world.random());
    simulation::LinkEnds ends = simulation::make_link(world, options);
    return {std::move(ends.client),
            std::move(ends.server),
            {simulation::ipv4(127, 0, 0, 1), "127.0.0.1:49152"}};
  }
  void serve(const io::Endpoint& place, Accept accept) override {
    network_.listen(place.host, place.port, std::move(accept));
  }
  io::Dialer& dialer() override { return dialer_; }
  bool run_until(const std::function<bool()>& done, io::Duration most) override {
    return world.run_until(done, {.time = most}) == World::Stop::done;
  }

  World world;

 private:
  [[nodiscard]] simulation::Conditions drawn(simulation::Random& random) const {
    return odd_ ? simulation::Conditions::draw(random) : simulation::Conditions{};
  }

  const bool odd_;
  simulation::Network network_{world};
  simulation::SimulatedDialer dialer_{network_, simulation::ipv4(127, 0, 0, 1)};
};

relay::ListenerSettings listener_settings(smtp::LineEnds line_ends) {
  relay::ListenerSettings settings;
  settings.name = "erp";
  settings.host_name = "relay.example";
  settings.allow = {{simulation::ipv4(127, 0, 0, 0), 96 + 8}};
  settings.line_ends = line_ends;
  return settings;
}

relay::UpstreamSettings upstream_settings() {
  relay::UpstreamSettings settings;
  settings.name = "practice";
  settings.file = "upstreams/practice.toml";
  settings.endpoint = {kHost, kPort};
  settings.tls = relay::Tls::none;
  settings.helo_name = "relay.example";
  return settings;
}

}  // namespace

struct RelayStage::Parts {
  explicit Parts(Conditions conditions)
      : ground(conditions.seed, conditions.odd_links),
        literal(world, std::move(conditions.words), std::move(conditions.ehlo)),
        listener(services, listener_settings(conditions.line_ends), upstream, nullptr) {
    ground.serve({kHost, kPort}, [this](std::unique_ptr<io::Stream> stream, const io::Peer&) {
      literal.accept(std::move(stream));
    });
    attacks::Ground::Ends ends = ground.connect();
    client = std::make_unique<attacks::RawClient>(ground, std::move(ends.client));
    listener.accept(std::move(ends.relay), ends.peer, "session-1");
  }

  DrawnGround ground;
  World& world = ground.world;
  LiteralUpstream literal;
  NoEvents events;
  io::Cancellation stopping;
  io::Cancellation stopped;
  static constexpr std::array<std::byte, digest::Key::kSize> kKey{};
  digest::Key key{kKey};
  relay::Duplicates duplicates{key, world, world};
  relay::ReplayMemory replay_memory;
  simulation::MemoryScratches scratch;
  relay::Services services{world,   world,      events,        stopping,
                           stopped, duplicates, replay_memory, scratch};
  io::Scope closing{world};
  relay::Upstream upstream{upstream_settings(),
                           {world, world, events, ground.dialer(), nullptr, nullptr, key}};
  relay::Listener listener;
  std::unique_ptr<attacks::RawClient> client;
};

RelayStage::RelayStage(Conditions conditions)
    : parts_(std::make_unique<Parts>(std::move(conditions))) {}
RelayStage::~RelayStage() = default;

std::string RelayStage::ask(std::string bytes) {
  attacks::RawClient& client = *parts_->client;
  const std::size_t before = client.heard().size();
  const std::size_t wanted = client.replies() + 1;
  if (!bytes.empty()) {
    client.send(std::move(bytes));
  }
  const World::Stop stop = parts_->world.run_until(
      [&] { return client.replies() >= wanted || client.ended(); }, kPatience);
  require(stop == World::Stop::done, "every command has an answer, or the session ends");
  return client.heard().substr(before);
}

void RelayStage::tell(const std::vector<std::string_view>& pieces, bool finishes) {
  attacks::RawClient& client = *parts_->client;
  for (const std::string_view piece : pieces) {
    client.send(std::string(piece), std::chrono::milliseconds(1));  // So that it comes by itself.
  }
  if (finishes) {
    client.finish();
  }
  const World::Stop stop = parts_->world.run_until([&client] { return client.ended(); }, kPatience);
  require(stop == World::Stop::done, "the session ends");
  (void)parts_->world.run_for(std::chrono::minutes(1));  // A write may have failed before the end.
}

bool RelayStage::ended() const { return parts_->client->ended(); }
const std::string& RelayStage::heard() const { return parts_->client->heard(); }
const LiteralUpstream& RelayStage::upstream() const { return parts_->literal; }

void RelayStage::end() {
  Parts& parts = *parts_;
  parts.client->leave();
  (void)parts.world.run_until([&parts] { return parts.listener.sessions() == 0; }, kPatience);
  require(parts.listener.sessions() == 0, "no session goes on without its client");
  parts.stopping.cancel();
  parts.stopped.cancel();
  parts.closing.spawn(parts.upstream.close());
  (void)parts.world.run_for(std::chrono::seconds(10));
  require(parts.closing.running() == 0, "no connection to the upstream outlives the service");
  parts.literal.leave();
  const World::Stop stop = parts.world.run_until(
      [&parts] { return parts.literal.gone() && parts.client->gone(); }, kPatience);
  require(stop == World::Stop::done, "nobody is left waiting");
}

}  // namespace truerelay::fuzz
