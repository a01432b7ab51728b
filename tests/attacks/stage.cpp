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
#include "tests/attacks/ground.h"
#include "tests/simulation/memory_scratch.h"
#include "tests/simulation/network.h"

namespace truerelay::attacks {
namespace {

constexpr auto kPatience = std::chrono::minutes(20);
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
      : ground(make_ground(std::move(setting.attempt))),
        scripted(*ground, setting.identity.get()),
        login(setting.login),
        trust(std::move(setting.trust)),
        identity(std::move(setting.identity)),
        source(login ? std::make_unique<StoredLogin>(*login) : nullptr),
        upstream(std::move(setting.upstream), {ground->clock(), ground->executor(), records,
                                               ground->dialer(), trust.get(), source.get(), key}),
        listener_identity(std::move(setting.listener_identity)),
        listener(services, std::move(setting.listener), upstream, listener_identity.get()) {
    scripted.scripts = std::move(setting.scripts);
    scripted.relentless = setting.relentless;
    scripted.implicit_tls = upstream.settings().tls == relay::Tls::implicit;
    ground->serve(
        upstream.settings().endpoint,
        [this, circular = setting.circular](std::unique_ptr<io::Stream> stream, io::Peer peer) {
          if (circular) {
            take(std::move(stream), std::move(peer));
          } else {
            scripted.accept(std::move(stream));
          }
        });
  }

  // A connection that has come to the relay.
  void take(std::unique_ptr<io::Stream> stream, io::Peer peer) {
    listener.accept(std::move(stream), std::move(peer), fmt::format("session-{}", ++taken));
  }

  const std::unique_ptr<Ground> ground;
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
  relay::Duplicates duplicates{key, ground->clock(), ground->executor()};
  relay::ReplayMemory replay_memory;
  simulation::MemoryScratches scratch;
  relay::Services services{ground->clock(), ground->executor(), records,       stopping,
                           stopped,         duplicates,         replay_memory, scratch};
  io::Scope closing{ground->executor()};
  relay::Upstream upstream;
  std::shared_ptr<io::TlsServer> listener_identity;
  relay::Listener listener;
  std::size_t taken = 0;
  std::list<RawClient> clients;
};

Stage::Stage(Setting setting) : parts_(std::make_unique<Parts>(std::move(setting))) {}

Stage::~Stage() {
  end();
  look_for_secrets();
}

RawClient& Stage::connect(std::string early) {
  return accept(parts_->ground->connect(), std::move(early));
}

RawClient& Stage::connect_from(io::IpAddress ip) {
  Ground::Ends ends = parts_->ground->connect();
  ends.peer.ip = ip;
  return accept(std::move(ends), {});
}

RawClient& Stage::accept(Ground::Ends ends, std::string early) {
  RawClient& client = parts_->clients.emplace_back(*parts_->ground, std::move(ends.client));
  if (!early.empty()) {
    client.send(std::move(early));
    run_for(std::chrono::seconds(1));
  }
  parts_->take(std::move(ends.relay), std::move(ends.peer));
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
  parts_->ground->run_until(
      [&client, wanted] { return client.replies() >= wanted || client.ended(); }, kPatience);
  return client.heard().substr(heard);
}

std::string Stage::hear_to_end(RawClient& client) {
  const std::size_t heard = client.heard().size();
  parts_->ground->run_until([&client] { return client.ended(); }, kPatience);
  EXPECT_TRUE(client.ended()) << "the relay did not end the session";
  return client.heard().substr(heard);
}

void Stage::run_for(io::Duration duration) { parts_->ground->run_for(duration); }
io::Time Stage::now() const { return parts_->ground->clock().now(); }
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
    // Where STARTTLS is offered, an alert in plaintext may end it.
    const std::size_t alert =
        parts.listener_identity ? client.heard().find("\x15\x03") : std::string::npos;
    EXPECT_EQ(read_replies(client.heard().substr(0, alert)).fault, "");
  }
  for (RawClient& client : parts.clients) {
    client.leave();
  }
  parts.ground->run_until([&parts] { return parts.listener.sessions() == 0; }, kPatience);
  EXPECT_EQ(parts.listener.sessions(), 0U) << "a session goes on without its client";
  stop();
  parts.ground->run_until([&parts] { return parts.listener.sessions() == 0; },
                          std::chrono::seconds(1));
  EXPECT_EQ(parts.listener.sessions(), 0U) << "a session goes on after the service's end";
  parts.closing.spawn(parts.upstream.close());
  parts.ground->run_until([&parts] { return parts.closing.running() == 0; },
                          std::chrono::seconds(10));
  EXPECT_EQ(parts.closing.running(), 0U) << "a connection to the upstream outlives the service";
  parts.scripted.leave();
  const auto all_gone = [&parts] {
    return parts.listener.sessions() == 0 && parts.scripted.gone() &&
           std::ranges::all_of(parts.clients, &RawClient::gone);
  };
  if (!parts.ground->run_until(all_gone, kPatience)) {
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
