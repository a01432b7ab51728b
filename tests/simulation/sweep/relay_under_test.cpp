#include "tests/simulation/sweep/relay_under_test.h"

#include <algorithm>
#include <utility>

#include "io/sleep.h"
#include "tests/simulation/network.h"

namespace truerelay::simulation {

RelayUnderTest::RelayUnderTest(World& world, io::Dialer& dialer, const PracticeTls& practice,
                               TokenOffice* office, double vault_shut)
    : wire(world),
      book(world),
      dialer_(dialer, wire),
      client_tls_(practice.client()),
      tls_(*client_tls_),
      duplicates_(key_, world, world),
      local_users_(world, vault_shut),
      services_{world,       world,          book,    stopping_,    stopped_,
                duplicates_, replay_memory_, scratch, &local_users_},
      lasting_{world, dialer_, tls_, key_, office, services_, standings_},
      former_(world) {}

RelayUnderTest::~RelayUnderTest() = default;

const std::vector<std::string>& RelayUnderTest::users() {
  static const std::vector<std::string> kUsers = {"erp@example.org", "scanner@example.org",
                                                  "reports@example.org"};
  return kUsers;
}

const std::string& RelayUnderTest::password() {
  static const std::string kPassword = "correct horse";
  return kPassword;
}

relay::ListenerSettings RelayUnderTest::listener(std::string name, io::Duration duplicate_window) {
  relay::ListenerSettings settings;
  settings.name = std::move(name);
  settings.host_name = "relay.example";
  settings.allow = {io::IpNetwork{ipv4(10, 0, 0, 0), 96 + 8}};
  settings.duplicate_window = duplicate_window;
  return settings;
}

void RelayUnderTest::load(Plan plan, io::Duration drain_timeout) {
  Generation* const former = generations_.empty() ? nullptr : generations_.back().get();
  generations_.push_back(std::make_unique<Generation>(lasting_, std::move(plan), former));
  if (former != nullptr) {
    former_.spawn(former->give_way(drain_timeout));
  }
}

void RelayUnderTest::accept(std::size_t client, std::unique_ptr<io::Stream> stream, io::Peer peer) {
  generations_.back()->accept(client, std::move(stream), std::move(peer),
                              "s" + std::to_string(++accepted_));
}

std::size_t RelayUnderTest::sessions() const {
  std::size_t sessions = 0;
  for (const std::unique_ptr<Generation>& generation : generations_) {
    sessions += generation->sessions();
  }
  return sessions;
}

std::size_t RelayUnderTest::generations_outlasted() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(generations_, [](const auto& each) { return each->outlasted(); }));
}

void RelayUnderTest::stop(io::Scope& scope, io::Duration drain_timeout) {
  if (!stopping_.requested()) {
    scope.spawn(see_out(drain_timeout));
  }
}

// As app::Engine does it.
io::Task<void> RelayUnderTest::see_out(io::Duration drain_timeout) {
  World& world = lasting_.world;
  stopping_.cancel();
  generations_.back()->rest();
  io::Scope waiting(world);
  waiting.spawn(finish());
  const bool too_late = co_await io::Sleep(world, world, world.now() + drain_timeout, drained_);
  stop_cut_short_ = too_late && sessions() > 0;
  stopped_.cancel();
  co_await waiting.finished();
}

io::Task<void> RelayUnderTest::finish() {
  co_await former_.finished();
  co_await generations_.back()->finish();
  drained_.cancel();
}

}  // namespace truerelay::simulation
