#include "tests/attacks/stage.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/base64.h"
#include "digest/key.h"
#include "io/cancellation.h"
#include "io/scope.h"
#include "relay/listener.h"
#include "relay/services.h"
#include "relay/upstream.h"
#include "tests/attacks/bytes.h"
#include "tests/simulation/link.h"
#include "tests/simulation/memory_scratch.h"
#include "tests/simulation/network.h"
#include "tests/simulation/world.h"

namespace truerelay::attacks {
namespace {

using simulation::World;

constexpr std::uint64_t kSeed = 51764;
constexpr World::Bound kPatience{.steps = 5'000'000, .time = std::chrono::minutes(20)};
constexpr const char* kUpstreamHost = "localhost";
constexpr std::uint16_t kUpstreamPort = 2587;

class StoredLogin final : public auth::CredentialSource {
 public:
  explicit StoredLogin(Setting::Login login) : login_(std::move(login)) {}

  io::Task<std::expected<auth::Credentials, auth::Refusal>> credentials(
      io::Time /*until*/, io::Cancellation& /*cancellation*/) override {
    auth::Credentials found;
    found.kind = login_.kind;
    found.user = login_.user;
    found.secret = Redacted(login_.secret);
    co_return found;
  }

 private:
  Setting::Login login_;
};

}  // namespace

Setting::Setting() {
  listener.name = "erp";
  listener.host_name = "relay.example";
  listener.allow = {{simulation::ipv4(127, 0, 0, 0), 96 + 8}};
  upstream.name = "practice";
  upstream.file = "upstreams/practice.toml";
  upstream.endpoint = {kUpstreamHost, kUpstreamPort};
  upstream.tls = relay::Tls::none;
  upstream.helo_name = "relay.example";
}

struct Stage::Parts {
  explicit Parts(Setting setting)
      : network(world),
        dialer(network, simulation::ipv4(127, 0, 0, 1)),
        scripted(world, setting.identity.get()),
        login(setting.login),
        trust(std::move(setting.trust)),
        identity(std::move(setting.identity)),
        source(login ? std::make_unique<StoredLogin>(*login) : nullptr),
        upstream(std::move(setting.upstream),
                 {world, world, records, dialer, trust.get(), source.get(), key}),
        listener(services, std::move(setting.listener), upstream, nullptr) {
    scripted.scripts = std::move(setting.scripts);
    scripted.relentless = setting.relentless;
    scripted.implicit_tls = upstream.settings().tls == relay::Tls::implicit;
    network.set_plan([attempt = std::move(setting.attempt)](
                         const io::Endpoint&, std::uint64_t number, simulation::Random&) {
      return number == 1 ? attempt : simulation::Attempt{};
    });
    const io::Endpoint& place = upstream.settings().endpoint;
    network.listen(place.host, place.port,
                   [this](std::unique_ptr<io::Stream> stream, const io::Peer&) {
                     scripted.accept(std::move(stream));
                   });
  }

  World world{kSeed};
  simulation::Network network;
  simulation::SimulatedDialer dialer;
  ScriptedUpstream scripted;
  Records records;
  std::optional<Setting::Login> login;
  std::shared_ptr<io::TlsClient> trust;
  std::shared_ptr<io::TlsServer> identity;
  std::unique_ptr<auth::CredentialSource> source;
  io::Cancellation stopping;
  io::Cancellation stopped;
  static constexpr std::array<std::byte, digest::Key::kSize> kKey{};
  digest::Key key{kKey};
  relay::Duplicates duplicates{key, world, world};
  relay::ReplayMemory replay_memory;
  simulation::MemoryScratches scratch;
  relay::Services services{world,   world,      records,       stopping,
                           stopped, duplicates, replay_memory, scratch};
  io::Scope closing{world};
  relay::Upstream upstream;
  relay::Listener listener;
  std::list<RawClient> clients;
};

Stage::Stage(Setting setting) : parts_(std::make_unique<Parts>(std::move(setting))) {}

Stage::~Stage() {
  end();
  look_for_secrets();
}

RawClient& Stage::connect(std::string early) {
  simulation::LinkEnds ends = simulation::make_link(parts_->world, {});
  RawClient& client = parts_->clients.emplace_back(parts_->world, std::move(ends.client));
  if (!early.empty()) {
    client.send(std::move(early));
    run_for(std::chrono::seconds(1));
  }
  const std::size_t number = parts_->clients.size();
  parts_->listener.accept(
      std::move(ends.server),
      {simulation::ipv4(127, 0, 0, 1), fmt::format("127.0.0.1:{}", 49152 + number)},
      fmt::format("session-{}", number));
  return client;
}

RawClient& Stage::greeted() {
  RawClient& client = connect();
  EXPECT_TRUE(hear(client).starts_with("220 "));
  EXPECT_TRUE(ask(client, "EHLO client.example\r\n").starts_with("250-relay.example "));
  return client;
}

std::string Stage::ask(RawClient& client, std::string bytes, std::size_t count) {
  client.send(std::move(bytes));
  return hear(client, count);
}

std::string Stage::hear(RawClient& client, std::size_t count) {
  const std::size_t heard = client.heard().size();
  const std::size_t wanted = client.replies() + count;
  (void)parts_->world.run_until(
      [&client, wanted] { return client.replies() >= wanted || client.ended(); }, kPatience);
  return client.heard().substr(heard);
}

std::string Stage::hear_to_end(RawClient& client) {
  const std::size_t heard = client.heard().size();
  (void)parts_->world.run_until([&client] { return client.ended(); }, kPatience);
  EXPECT_TRUE(client.ended()) << "the relay did not end the session";
  return client.heard().substr(heard);
}

void Stage::run_for(io::Duration duration) { (void)parts_->world.run_for(duration); }
io::Time Stage::now() const { return parts_->world.now(); }
ScriptedUpstream& Stage::upstream() { return parts_->scripted; }
const Records& Stage::records() const { return parts_->records; }
std::size_t Stage::sessions() const { return parts_->listener.sessions(); }

void Stage::stop() {
  parts_->stopping.cancel();
  parts_->stopped.cancel();
}

void Stage::end() {
  Parts& parts = *parts_;
  for (const RawClient& client : parts.clients) {
    EXPECT_EQ(read_replies(client.heard()).fault, "");
  }
  for (RawClient& client : parts.clients) {
    client.leave();
  }
  (void)parts.world.run_until([&parts] { return parts.listener.sessions() == 0; }, kPatience);
  EXPECT_EQ(parts.listener.sessions(), 0U) << "a session goes on without its client";
  stop();
  (void)parts.world.run_for(std::chrono::seconds(1));
  EXPECT_EQ(parts.listener.sessions(), 0U) << "a session goes on after the service's end";
  parts.closing.spawn(parts.upstream.close());
  (void)parts.world.run_for(std::chrono::seconds(10));
  EXPECT_EQ(parts.closing.running(), 0U) << "a connection to the upstream outlives the service";
  parts.scripted.leave();
  const auto all_gone = [&parts] {
    return parts.listener.sessions() == 0 && parts.scripted.gone() &&
           std::ranges::all_of(parts.clients, &RawClient::gone);
  };
  if (parts.world.run_until(all_gone, kPatience) != World::Stop::done) {
    ADD_FAILURE() << "somebody is left waiting";
    (void)parts_.release();  // What is still under way must not lose what it uses.
  }
}

void Stage::look_for_secrets() const {
  if (!parts_ || !parts_->login) {
    return;
  }
  const auto silent = [this](const std::string& text) {
    const Setting::Login& login = *parts_->login;
    return !text.contains(login.secret) && !text.contains(base64_encode(login.secret));
  };
  for (const std::string& note : parts_->records.notes) {
    EXPECT_TRUE(silent(note)) << note;
  }
  for (const observe::MessageRecord& record : parts_->records.messages) {
    EXPECT_TRUE(silent(record.final_reply)) << record.final_reply;
  }
  for (const RawClient& client : parts_->clients) {
    EXPECT_TRUE(silent(client.heard()));
  }
}

}  // namespace truerelay::attacks
