#include "tests/relay/scene.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "sandbox/session.h"
#include "tls/client_context.h"
#include "tls/practice_authority.h"
#include "tls/server_context.h"
#include "tls/trust_store.h"

namespace truerelay::relay {
namespace {

constexpr const char* kUpstreamHost = "mail.example";
constexpr const char* kReserveHost = "reserve.example";
constexpr const char* kRelayHost = "127.0.0.1";
constexpr std::uint16_t kRelayPort = 2525;

tls::PracticeAuthority::Validity now() {
  const auto wall = std::chrono::time_point_cast<io::Duration>(std::chrono::system_clock::now());
  return {wall - 24h, wall + 24h};
}

std::unique_ptr<tls::ClientContext> trusting(const tls::PracticeAuthority& authority) {
  tls::ClientContext::Settings settings;
  settings.trust = tls::TrustStore::parse(authority.certificate(), "practice.pem").value();
  return std::move(tls::ClientContext::create(std::move(settings)).value());
}

}  // namespace

// One authority for the upstream and the listener, and another that vouches for neither.
struct Scene::Tls {
  tls::PracticeAuthority authority{"Practice CA", now()};
  tls::PracticeAuthority stranger{"Another CA", now()};
  tls::PracticeAuthority::Issued issued = authority.issue({.common_name = kUpstreamHost,
                                                           .names = {kUpstreamHost},
                                                           .addresses = {kRelayHost},
                                                           .validity = now()});
  std::unique_ptr<tls::ServerContext> server =
      std::move(tls::ServerContext::parse(issued.chain, issued.key).value());
  std::unique_ptr<tls::ClientContext> trusts = trusting(authority);
  std::unique_ptr<tls::ClientContext> doubts = trusting(stranger);
};

io::Task<std::expected<auth::Credentials, auth::Refusal>> KnownCredentials::credentials(
    io::Time /*until*/, io::Cancellation& /*cancellation*/) {
  if (refusal) {
    co_return std::unexpected(*refusal);
  }
  auth::Credentials credentials;
  credentials.kind = kind;
  credentials.user = user;
  credentials.secret = Redacted(secret);
  co_return credentials;
}

bool KnownCredentials::replace_refused(const auth::Credentials& /*credentials*/) {
  ++refused;
  if (replacement.empty()) {
    return false;
  }
  secret = std::exchange(replacement, "");
  return true;
}

Arrangement::Arrangement() {
  listener.name = "erp";
  listener.host_name = "relay.example";
  listener.allow = {{simulation::ipv4(127, 0, 0, 0), 96 + 8}};
  upstream.name = "contoso";
  upstream.file = "upstreams/contoso.toml";
  upstream.endpoint = {kUpstreamHost, 587};
  upstream.tls = relay::Tls::none;
  upstream.helo_name = "relay.example";
  fallback = upstream;
  fallback.name = "reserve";
  fallback.file = "upstreams/reserve.toml";
  fallback.endpoint = {kReserveHost, 587};
  practice.hostname = kUpstreamHost;
  practice.require_tls = false;
  practice.auth_without_tls = true;
  sandbox::Account account;
  account.user = login.user;
  account.password = Redacted(login.secret);
  account.token = Redacted("ya29.token");
  practice.accounts.push_back(std::move(account));
}

Arrangement passthrough_setup() {
  Arrangement setup;
  setup.upstream.auth = auth::Choice::passthrough;
  return setup;
}

Arrangement data_setup() {
  Arrangement setup;
  setup.practice.offers.chunking = false;
  return setup;
}

Arrangement staged_setup() {
  Arrangement setup;
  setup.staged = true;
  setup.upstream.auth = auth::Choice::none;
  return setup;
}

Arrangement fallback_setup() {
  Arrangement setup = staged_setup();
  setup.has_fallback = true;
  return setup;
}

Scene::Scene(Arrangement setup)
    : setup_(std::move(setup)),
      login_(setup_.login),
      dialer_(network, simulation::ipv4(10, 0, 0, 1)) {
  if (setup_.upstream_has_tls || setup_.listener_has_tls) {
    tls_ = std::make_unique<Tls>();
  }
  network.listen(kUpstreamHost, 587, [this](std::unique_ptr<io::Stream> stream, io::Peer peer) {
    if (setup_.staged) {
      staged.serve(std::move(stream));
      return;
    }
    io::TlsServer* const tls = setup_.upstream_has_tls ? tls_->server.get() : nullptr;
    sandbox::Arrival arrival{std::move(stream), std::move(peer), std::nullopt};
    practice_.spawn(sandbox::serve(setup_.practice, {world, world, practice_ends_, ledger, tls},
                                   std::move(arrival)));
  });
  const bool nobody_logs_in = setup_.upstream.auth == auth::Choice::none ||
                              setup_.upstream.auth == auth::Choice::passthrough;
  const Upstream::Parts parts{
      world,
      world,
      records,
      metered_dialer_,
      !tls_ ? nullptr : (setup_.upstream_trusted ? tls_->trusts.get() : tls_->doubts.get()),
      nobody_logs_in ? nullptr : &login_,
      key_};
  upstream_ = std::make_unique<Upstream>(setup_.upstream, parts);
  if (setup_.has_fallback) {
    Upstream::Parts without_login = parts;
    without_login.credentials = nullptr;
    reserve_ = std::make_unique<Upstream>(setup_.fallback, without_login);
    upstream_->fall_back_to(*reserve_);
    network.listen(kReserveHost, 587, [this](std::unique_ptr<io::Stream> stream, io::Peer) {
      reserve.serve(std::move(stream));
    });
  }
  open_listener(setup_.listener);
  for (const ListenerSettings& each : setup_.more_listeners) {
    open_listener(each);
  }
}

void Scene::open_listener(ListenerSettings settings) {
  const auto port = static_cast<std::uint16_t>(kRelayPort + listeners_.size());
  listeners_.push_back(
      std::make_unique<Listener>(services_, std::move(settings), *upstream_,
                                 setup_.listener_has_tls ? tls_->server.get() : nullptr));
  Listener& listener = *listeners_.back();
  network.listen(kRelayHost, port, [&](std::unique_ptr<io::Stream> stream, io::Peer peer) {
    auto metered =
        std::make_unique<MeteredStream>(std::move(stream), MeteredStream::Side::client, meter);
    listener.accept(std::move(metered), std::move(peer), fmt::format("s-{}", ++arrivals_));
  });
}

std::size_t Scene::sessions() const {
  std::size_t all = 0;
  for (const std::unique_ptr<Listener>& listener : listeners_) {
    all += listener->sessions();
  }
  return all;
}

bool Scene::noted(std::string_view upstream, std::string_view words) const {
  return std::ranges::any_of(records.notes, [&](const Records::Note& note) {
    return note.upstream == upstream && note.text.find(words) != std::string::npos;
  });
}

Scene::~Scene() {
  stopping.cancel();
  stopped.cancel();
  practice_ends_.cancel();
  staged.hang_up();
  reserve.hang_up();
  world.run_for(3h);
  contacts_.spawn(upstream_->close());
  if (reserve_) {
    contacts_.spawn(reserve_->close());
  }
  world.run_for(1h);
  EXPECT_EQ(contacts_.running(), 0U);
  EXPECT_EQ(sessions(), 0U) << "a session has not ended";
  EXPECT_EQ(practice_.running(), 0U);
  EXPECT_EQ(staged.sessions(), 0U);
  EXPECT_EQ(reserve.sessions(), 0U);
}

void Scene::make_first_contact() {
  contacts_.spawn(contact());
  world.run_for(5s);
}

io::Task<void> Scene::contact() { co_await upstream_->make_first_contact(stopping); }

io::TlsClient& Scene::tls_of_clients() { return *tls_->trusts; }

const observe::MessageRecord& Scene::record() const {
  EXPECT_EQ(records.messages.size(), 1U);
  return records.messages.at(0);
}

const sandbox::MemoryLedger::Message& Scene::message() const {
  EXPECT_EQ(ledger.messages.size(), 1U);
  return ledger.messages.at(0);
}

testing::AssertionResult holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos
             ? testing::AssertionSuccess() << text
             : testing::AssertionFailure() << "it is: " << text;
}

testing::AssertionResult starts(std::string_view text, std::string_view prefix) {
  return text.starts_with(prefix) ? testing::AssertionSuccess() << text
                                  : testing::AssertionFailure() << "it is: " << text;
}

}  // namespace truerelay::relay
