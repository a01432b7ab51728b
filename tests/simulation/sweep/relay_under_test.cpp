#include "tests/simulation/sweep/relay_under_test.h"

#include <algorithm>
#include <utility>

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
      lasting_{world,       dialer_,        tls_,    book,         key_,
               duplicates_, replay_memory_, scratch, local_users_, office} {}

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

void RelayUnderTest::load(Plan plan, io::Duration drain_timeout, io::Scope& scope) {
  if (!generations_.empty()) {
    scope.spawn(generations_.back()->retire(drain_timeout));
  }
  generations_.push_back(std::make_unique<Generation>(lasting_, std::move(plan)));
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

std::size_t RelayUnderTest::drains_cut_short() const {
  return static_cast<std::size_t>(
      std::count_if(generations_.begin(), std::prev(generations_.end()),
                    [](const auto& each) { return each->cut_short(); }));
}

void RelayUnderTest::stop(io::Scope& scope, io::Duration drain_timeout) {
  if (!generations_.back()->retiring()) {
    scope.spawn(generations_.back()->retire(drain_timeout));
  }
}

}  // namespace truerelay::simulation
