#include "tests/simulation/sweep/mail_world.h"

#include <optional>
#include <utility>

#include "digest/key.h"
#include "io/scope.h"
#include "relay/listener.h"
#include "relay/upstream.h"
#include "sandbox/session.h"
#include "tests/simulation/memory_scratch.h"
#include "tests/simulation/network.h"
#include "tests/simulation/sweep/mail_client.h"
#include "tests/simulation/trace.h"
#include "tests/simulation/world.h"
#include "tls/client_context.h"
#include "tls/practice_authority.h"
#include "tls/server_context.h"
#include "tls/trust_store.h"

namespace truerelay::simulation {
namespace {

constexpr std::uint16_t kRelayPort = 25;
constexpr std::uint16_t kUpstreamPort = 587;
// Each client knows the relay under a name of its own, so that what happens to its connection can
// be told apart.
std::string relay_host(std::size_t client) { return "relay-" + std::to_string(client); }
const std::string kUpstreamHost = "upstream.example";
const std::string kUser = "erp@example.org";
const std::string kPassword = "correct horse";

// Stored credentials, right or wrong.
class StoredPassword final : public auth::CredentialSource {
 public:
  explicit StoredPassword(std::string password) : password_(std::move(password)) {}
  io::Task<std::expected<auth::Credentials, auth::Refusal>> credentials() override {
    auth::Credentials credentials;
    credentials.user = kUser;
    credentials.secret = Redacted(password_);
    co_return credentials;
  }

 private:
  std::string password_;
};

}  // namespace

struct PracticeTls::Parts {
  std::shared_ptr<const tls::TrustStore> trust;
  std::unique_ptr<tls::ServerContext> server;
};

PracticeTls::PracticeTls() : parts_(std::make_unique<Parts>()) {
  // Around the simulated world's present, 2025.
  const auto year = std::chrono::hours(24 * 365);
  const io::WallTime now = World(0).wall_now();
  const tls::PracticeAuthority authority("sweep authority", {now - 2 * year, now + 40 * year});
  const tls::PracticeAuthority::Issued issued =
      authority.issue({.common_name = kUpstreamHost,
                       .names = {kUpstreamHost},
                       .addresses = {},
                       .validity = {now - 2 * year, now + 40 * year}});
  parts_->trust = tls::TrustStore::parse(authority.certificate(), "the sweep's authority").value();
  parts_->server = tls::ServerContext::parse(issued.chain, issued.key).value();
}
PracticeTls::~PracticeTls() = default;

struct MailWorld::Parts {
  Parts(std::uint64_t seed, PracticeTls& practice, bool traced)
      : world(seed),
        trace(world),
        network(world, traced ? &trace : nullptr),
        client_dialer(network, ipv4(10, 0, 0, 1)),
        relay_dialer(network, ipv4(10, 0, 0, 2)),
        server_tls(*practice.parts_->server),
        services{world, world, relay_book, stopping, stopped, duplicates, replay_memory, scratch},
        scope(world) {
    Random& random = world.random();
    tls::ClientContext::Settings settings;
    settings.trust = practice.parts_->trust;
    client_tls = tls::ClientContext::create(std::move(settings)).value();
    draw_upstream(random);
    draw_relay(random);
    draw_clients(random);
    draw_faults(random);
  }

  void draw_upstream(Random& random) {
    sandbox::Account account;
    account.user = kUser;
    account.password = Redacted(kPassword);
    upstream_settings.accounts.push_back(std::move(account));
    upstream_settings.offers.pipelining = random.chance(0.8);
    upstream_settings.most_messages = random.chance(0.2) ? 1 : 0;
    if (tls_mode(random) == relay::Tls::none) {
      upstream_settings.require_tls = false;
      upstream_settings.auth_without_tls = true;
    }
    network.listen(kUpstreamHost, kUpstreamPort,
                   [this](std::unique_ptr<io::Stream> stream, io::Peer peer) {
                     scope.spawn(serve(std::move(stream), std::move(peer)));
                   });
  }

  relay::Tls tls_mode(Random& random) {
    tls = random.chance(0.6)   ? relay::Tls::none
          : random.chance(0.5) ? relay::Tls::starttls
                               : relay::Tls::implicit;
    return tls;
  }

  io::Task<void> serve(std::unique_ptr<io::Stream> stream, io::Peer peer) {
    sandbox::Arrival arrival{std::move(stream), std::move(peer), std::nullopt};
    if (tls == relay::Tls::implicit) {
      arrival.stream->set_deadline(world.now() + upstream_settings.deadlines.handshake);
      io::Result<io::SecuredStream> secured = co_await server_tls.secure(std::move(arrival.stream));
      if (!secured) {
        co_return;
      }
      secured->stream->set_deadline(io::Time::max());
      arrival.stream = std::move(secured->stream);
      arrival.tls = std::move(secured->facts);
    }
    const sandbox::Services uses{world, world, upstream_stop, upstream_book,
                                 tls == relay::Tls::starttls ? &server_tls : nullptr};
    co_await sandbox::serve(upstream_settings, uses, std::move(arrival));
  }

  void draw_relay(Random& random) {
    relay::UpstreamSettings settings;
    settings.name = "sweep";
    settings.file = "upstreams/sweep.toml";
    settings.endpoint = {kUpstreamHost, kUpstreamPort};
    settings.tls = tls;
    settings.helo_name = "relay.example";
    settings.eager_mail = random.chance(0.2);
    password.emplace(random.chance(0.03) ? "wrong" : kPassword);
    upstream.emplace(std::move(settings),
                     relay::Upstream::Parts{world, world, relay_book, relay_dialer,
                                            client_tls.get(), &*password, key});
    relay::ListenerSettings listens;
    listens.name = "erp";
    listens.host_name = "relay.example";
    listens.allow = {io::IpNetwork{ipv4(10, 0, 0, 0), 96 + 8}};
    listener.emplace(services, std::move(listens), *upstream, nullptr);
  }

  void draw_clients(Random& random) {
    const std::size_t count = random.between(3, 6);
    for (std::size_t i = 0; i < count; ++i) {
      std::vector<Letter> letters;
      const std::size_t most = random.chance(0.7) ? 1 : random.between(2, 4);
      for (std::size_t j = 0; j < most; ++j) {
        letters.push_back(Letter::draw(random, "c" + std::to_string(i) + "-" + std::to_string(j)));
      }
      clients.push_back(
          std::make_unique<MailClient>(world, client_dialer, random.fork(), std::move(letters)));
      network.listen(
          relay_host(i), kRelayPort, [this](std::unique_ptr<io::Stream> stream, io::Peer peer) {
            listener->accept(std::move(stream), std::move(peer), "s" + std::to_string(++sessions));
          });
    }
  }

  // Towards the upstream anything may happen, and with TLS bytes may change on their way. Most
  // clients sit on a healthy LAN, so that silence towards them has no excuse.
  void draw_faults(Random& random) {
    Attempt::Odds upstream_odds;
    upstream_odds.faulty = random.chance(0.3) ? 0 : 0.6;
    upstream_odds.faults.corruption = tls != relay::Tls::none;
    Attempt::Odds client_odds;
    client_odds.unknown_name = client_odds.refused = client_odds.silence = 0;
    client_odds.faulty = 0.15;
    network.set_plan([this, upstream_odds, client_odds](const io::Endpoint& endpoint,
                                                        std::uint64_t /*number*/, Random& chance) {
      if (endpoint.host == kUpstreamHost) {
        return Attempt::draw(chance, upstream_odds);
      }
      Attempt attempt = Attempt::draw(chance, client_odds);
      for (std::size_t i = 0; i < clients.size(); ++i) {
        if (endpoint.host == relay_host(i) && !attempt.faults.list.empty()) {
          clients[i]->note_faulty_link();
        }
      }
      return attempt;
    });
  }

  Report run() {
    for (std::size_t i = 0; i < clients.size(); ++i) {
      client_scope.spawn(clients[i]->run({relay_host(i), kRelayPort}, never));
    }
    Report report;
    const auto clients_done = [this] { return client_scope.running() == 0; };
    if (world.run_until(clients_done) != World::Stop::done) {
      report.wrong.emplace_back("a client never came to its end");
    }
    const auto sessions_done = [this] { return listener->sessions() == 0; };
    if (world.run_until(sessions_done) != World::Stop::done) {
      report.wrong.emplace_back("a session of the relay outlived its client and its deadlines");
    }
    stopping.cancel();
    stopped.cancel();
    scope.spawn(upstream->close());
    upstream_stop.cancel();
    const auto all_done = [this] { return sessions_are_over() && scope.running() == 0; };
    if (world.run_until(all_done) != World::Stop::done) {
      report.wrong.emplace_back("something goes on after the stop");
    }
    report.sessions = sessions;
    for (const std::unique_ptr<MailClient>& client : clients) {
      for (const Told& told : client->told()) {
        std::vector<std::string> wrong = judge(told, upstream_book.find(told.letter.sender),
                                               relay_book.find(told.letter.sender), report.tally);
        report.wrong.insert(report.wrong.end(), wrong.begin(), wrong.end());
      }
    }
    report.trace = trace.text();
    return report;
  }

  bool sessions_are_over() const { return listener->sessions() == 0; }

  World world;
  Trace trace;
  Network network;
  SimulatedDialer client_dialer;
  SimulatedDialer relay_dialer;
  tls::ServerContext& server_tls;
  std::unique_ptr<tls::ClientContext> client_tls;
  relay::Tls tls = relay::Tls::none;
  sandbox::Settings upstream_settings;
  UpstreamBook upstream_book;
  RelayBook relay_book;
  io::Cancellation never;
  io::Cancellation stopping;
  io::Cancellation stopped;
  io::Cancellation upstream_stop;
  static constexpr std::array<std::byte, digest::Key::kSize> kKey{};
  digest::Key key{kKey};
  relay::Duplicates duplicates{key, world, world};
  relay::ReplayMemory replay_memory;
  MemoryScratches scratch;
  relay::Services services;
  std::optional<StoredPassword> password;
  std::optional<relay::Upstream> upstream;
  std::optional<relay::Listener> listener;
  std::vector<std::unique_ptr<MailClient>> clients;
  std::uint64_t sessions = 0;
  io::Scope scope;
  io::Scope client_scope{world};
};

MailWorld::MailWorld(std::uint64_t seed, PracticeTls& tls, bool traced)
    : parts_(std::make_unique<Parts>(seed, tls, traced)) {}
MailWorld::~MailWorld() = default;

MailWorld::Report MailWorld::run() { return parts_->run(); }

}  // namespace truerelay::simulation
