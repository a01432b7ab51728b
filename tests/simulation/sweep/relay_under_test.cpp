#include "tests/simulation/sweep/relay_under_test.h"

#include <utility>

#include "tests/simulation/network.h"

namespace truerelay::simulation {

// Stored credentials, right or wrong.
class RelayUnderTest::StoredPassword final : public auth::CredentialSource {
 public:
  explicit StoredPassword(std::string password) : password_(std::move(password)) {}
  io::Task<std::expected<auth::Credentials, auth::Refusal>> credentials(
      io::Time /*until*/, io::Cancellation& /*cancellation*/) override {
    auth::Credentials credentials;
    credentials.user = users().front();
    credentials.secret = Redacted(password_);
    co_return credentials;
  }

 private:
  std::string password_;
};

RelayUnderTest::RelayUnderTest(World& world, io::Dialer& dialer, const PracticeTls& practice)
    : wire(world),
      book(world),
      world_(world),
      dialer_(dialer, wire),
      client_tls_(practice.client()),
      tls_(*client_tls_),
      duplicates_(key_, world, world),
      services_{world, world, book, stopping_, stopped_, duplicates_, replay_memory_, scratch} {}

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

std::unique_ptr<relay::Upstream> RelayUnderTest::make(relay::UpstreamSettings settings) {
  const bool passthrough = settings.auth == auth::Choice::passthrough;
  return std::make_unique<relay::Upstream>(
      std::move(settings), relay::Upstream::Parts{world_, world_, book, dialer_, &tls_,
                                                  passthrough ? nullptr : password_.get(), key_});
}

void RelayUnderTest::use(relay::UpstreamSettings settings, bool wrong_password) {
  password_ = std::make_unique<StoredPassword>(wrong_password ? "wrong" : password());
  upstream_ = make(std::move(settings));
}

void RelayUnderTest::fall_back_to(relay::UpstreamSettings settings) {
  fallback_ = make(std::move(settings));
  upstream_->fall_back_to(*fallback_);
}

void RelayUnderTest::listen(std::string name, io::Duration duplicate_window) {
  relay::ListenerSettings settings;
  settings.name = std::move(name);
  settings.host_name = "relay.example";
  settings.allow = {io::IpNetwork{ipv4(10, 0, 0, 0), 96 + 8}};
  settings.duplicate_window = duplicate_window;
  listeners_.push_back(
      std::make_unique<relay::Listener>(services_, std::move(settings), *upstream_, nullptr));
}

void RelayUnderTest::accept(std::size_t client, std::unique_ptr<io::Stream> stream, io::Peer peer) {
  listeners_[client % listeners_.size()]->accept(std::move(stream), std::move(peer),
                                                 "s" + std::to_string(++accepted_));
}

std::size_t RelayUnderTest::sessions() const {
  std::size_t sessions = 0;
  for (const std::unique_ptr<relay::Listener>& listener : listeners_) {
    sessions += listener->sessions();
  }
  return sessions;
}

void RelayUnderTest::stop(io::Scope& scope) {
  stopping_.cancel();
  stopped_.cancel();
  scope.spawn(upstream_->close());
  if (fallback_) {
    scope.spawn(fallback_->close());
  }
}

}  // namespace truerelay::simulation
