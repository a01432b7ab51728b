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

io::Task<std::expected<bool, std::string>> KnownUsers::check(std::string given,
                                                             Redacted given_password) {
  ++asked;
  if (trouble) {
    co_return std::unexpected(*trouble);
  }
  co_return given == user&& given_password.reveal() == password;
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
      users_(setup_.users),
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
  upstream_ = new_upstream(setup_.upstream, nullptr);
  if (setup_.has_fallback) {
    Upstream::Parts without_login = upstream_->parts();
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

std::unique_ptr<Upstream> Scene::new_upstream(UpstreamSettings settings,
                                              std::shared_ptr<Standing> standing) {
  const bool nobody_logs_in =
      settings.auth == auth::Choice::none || settings.auth == auth::Choice::passthrough;
  const Upstream::Parts parts{
      world,
      world,
      records,
      metered_dialer_,
      !tls_ ? nullptr : (setup_.upstream_trusted ? tls_->trusts.get() : tls_->doubts.get()),
      nobody_logs_in ? nullptr : &login_,
      key_};
  return std::make_unique<Upstream>(std::move(settings), parts, std::move(standing));
}

std::unique_ptr<Listener> Scene::new_listener(ListenerSettings settings,
                                              std::shared_ptr<Listener::Crowd> crowd) {
  return std::make_unique<Listener>(services_, std::move(settings), *upstream_,
                                    setup_.listener_has_tls ? tls_->server.get() : nullptr,
                                    std::move(crowd));
}

void Scene::open_listener(ListenerSettings settings) {
  const std::size_t at = listeners_.size();
  const auto port = static_cast<std::uint16_t>(kRelayPort + at);
  listeners_.push_back(new_listener(std::move(settings), std::make_shared<Listener::Crowd>()));
  network.listen(kRelayHost, port, [this, at](std::unique_ptr<io::Stream> stream, io::Peer peer) {
    auto metered =
        std::make_unique<MeteredStream>(std::move(stream), MeteredStream::Side::client, meter);
    listeners_[at]->accept(std::move(metered), std::move(peer), fmt::format("s-{}", ++arrivals_));
  });
}

void Scene::change(UpstreamSettings upstream, ListenerSettings listener) {
  std::shared_ptr<Standing> standing = upstream_->standing();
  former_upstreams_.push_back(
      std::exchange(upstream_, new_upstream(std::move(upstream), std::move(standing))));
  std::shared_ptr<Listener::Crowd> crowd = listeners_[0]->crowd();
  former_listeners_.push_back(
      std::exchange(listeners_[0], new_listener(std::move(listener), std::move(crowd))));
  former_upstreams_.back()->retire();
}

void Scene::retire_former() {
  for (const std::unique_ptr<Listener>& listener : former_listeners_) {
    listener->retire();
  }
}

std::size_t Scene::sessions() const {
  std::size_t all = 0;
  for (const auto* list : {&listeners_, &former_listeners_}) {
    for (const std::unique_ptr<Listener>& listener : *list) {
      all += listener->sessions();
    }
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
  for (const std::unique_ptr<Upstream>& former : former_upstreams_) {
    contacts_.spawn(former->close());
  }
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
