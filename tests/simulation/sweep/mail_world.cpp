#include "tests/simulation/sweep/mail_world.h"

#include <array>
#include <utility>

#include "relay/listener.h"
#include "tests/simulation/network.h"
#include "tests/simulation/sweep/mail_client.h"
#include "tests/simulation/sweep/outages.h"
#include "tests/simulation/sweep/practice_upstream.h"
#include "tests/simulation/sweep/relay_under_test.h"
#include "tests/simulation/trace.h"
#include "tests/simulation/world.h"

namespace truerelay::simulation {
namespace {

constexpr std::uint16_t kRelayPort = 25;
// Each client knows the relay under a name of its own, so that what happens to its connection can
// be told apart.
std::string relay_host(std::size_t client) { return "relay-" + std::to_string(client); }
const std::string kUpstreamHost = "upstream.example";
const std::string kFallbackHost = "other.example";

}  // namespace

std::vector<std::string> MailWorld::upstream_hosts() { return {kUpstreamHost, kFallbackHost}; }

struct MailWorld::Parts {
  Parts(std::uint64_t seed, const PracticeTls& practice_tls, bool traced)
      : practice(practice_tls),
        world(seed),
        trace(world),
        network(world, traced ? &trace : nullptr),
        client_dialer(network, ipv4(10, 0, 0, 1)),
        relay_dialer(network, ipv4(10, 0, 0, 2)),
        scope(world),
        relay(world, relay_dialer, practice) {
    Random& random = world.random();
    passthrough = random.chance(0.1);
    has_fallback = !passthrough && random.chance(0.3);
    draw_upstreams(random);
    draw_relay(random);
    draw_clients(random);
    draw_faults(random);
  }

  static relay::Tls draw_tls(Random& random) {
    return random.chance(0.6)   ? relay::Tls::none
           : random.chance(0.5) ? relay::Tls::starttls
                                : relay::Tls::implicit;
  }

  // The fallback has a mind of its own, and may refuse what the first one took.
  void draw_upstreams(Random& random) {
    for (const std::string& host : upstream_hosts()) {
      const relay::Tls tls = draw_tls(random);
      sandbox::Settings settings =
          PracticeUpstream::settings_for(tls, RelayUnderTest::users(), RelayUnderTest::password());
      settings.hostname = host;
      settings.offers.pipelining = random.chance(0.8);
      settings.offers.chunking = random.chance(0.7);
      settings.most_messages = random.chance(0.2) ? random.between(1, 3) : 0;
      const bool strange = host == kFallbackHost && random.chance(0.4);
      settings.most_recipients = strange ? random.between(1, 3) : settings.most_recipients;
      settings.largest_message = strange ? 1500 : settings.largest_message;
      upstreams.push_back(std::make_unique<PracticeUpstream>(world, scope, network, practice, host,
                                                             tls, std::move(settings)));
    }
  }

  void draw_relay(Random& random) {
    relay.wire.throttled_at_first = static_cast<unsigned>(random.between(1, 3));
    relay.scratch.room = random.chance(0.3) ? random.scaled_between(1, 20'000) : relay.scratch.room;
    relay::UpstreamSettings settings = draw_settings(random, *upstreams.front());
    settings.auth = passthrough ? auth::Choice::passthrough : auth::Choice::automatic;
    settings.fallback = has_fallback ? kFallbackHost : "";
    relay.use(std::move(settings), random.chance(0.03));
    if (has_fallback) {
      relay.fall_back_to(draw_settings(random, *upstreams.back()));
    }
    remembers = random.chance(0.9);
    const std::size_t listeners = random.chance(0.5) ? 1 : 2;
    for (std::size_t i = 0; i < listeners; ++i) {
      // Longer than any run, or not at all.
      relay.listen("listener-" + std::to_string(i),
                   remembers ? std::chrono::hours(24) : io::Duration{});
    }
  }

  static relay::UpstreamSettings draw_settings(Random& random, const PracticeUpstream& upstream) {
    relay::UpstreamSettings settings;
    settings.name = upstream.host();
    settings.file = "upstreams/" + upstream.host() + ".toml";
    settings.endpoint = {upstream.host(), PracticeUpstream::kPort};
    settings.tls = upstream.tls();
    settings.helo_name = "relay.example";
    settings.eager_mail = random.chance(0.2);
    settings.chunking = random.chance(0.2) ? relay::Chunking::off : relay::Chunking::automatic;
    settings.max_connections =
        random.chance(0.6) ? static_cast<unsigned>(random.between(1, 4)) : 20;
    settings.rate_per_minute = random.chance(0.1) ? static_cast<unsigned>(random.between(1, 8)) : 0;
    settings.max_messages_per_connection =
        random.chance(0.3) ? static_cast<unsigned>(random.between(1, 3)) : 100;
    settings.idle_close = std::chrono::seconds(random.scaled_between(1, 600));
    settings.keep_warm = random.chance(0.2);
    settings.patience = std::chrono::seconds(random.between(0, 60));
    settings.replay_buffer = random.chance(0.1)   ? 0
                             : random.chance(0.4) ? random.scaled_between(1, 65'536)
                                                  : settings.replay_buffer;
    settings.replay_file = random.chance(0.3);
    return settings;
  }

  void draw_clients(Random& random) {
    const std::size_t count = random.between(3, 6);
    for (std::size_t i = 0; i < count; ++i) {
      std::vector<Letter> letters;
      const std::size_t most = random.chance(0.7) ? 1 : random.between(2, 4);
      for (std::size_t j = 0; j < most; ++j) {
        letters.push_back(Letter::draw(random, "c" + std::to_string(i) + "-" + std::to_string(j)));
      }
      Manners manners = Manners::draw(random);
      if (passthrough) {
        manners.user = RelayUnderTest::users().at(random.between(0, 2));
        manners.password = random.chance(0.05) ? "wrong" : RelayUnderTest::password();
      }
      clients.push_back(std::make_unique<MailClient>(world, world, client_dialer, random.fork(),
                                                     std::move(manners), std::move(letters)));
      network.listen(relay_host(i), kRelayPort,
                     [this, i](std::unique_ptr<io::Stream> stream, io::Peer peer) {
                       relay.accept(i, std::move(stream), std::move(peer));
                     });
    }
  }

  // Towards the upstreams anything may happen, and with TLS bytes may change on their way. Most
  // clients sit on a healthy LAN, so that silence towards them has no excuse.
  void draw_faults(Random& random) {
    const double faulty = random.chance(0.3) ? 0 : 0.6;
    const std::uint64_t octets = random.chance(0.8) ? 4096 : 100'000;
    outages = Outages::draw(random, upstream_hosts(), world.now());
    Attempt::Odds client_odds;
    client_odds.unknown_name = client_odds.refused = client_odds.silence = 0;
    client_odds.faulty = 0.15;
    network.set_plan([this, faulty, octets, client_odds](const io::Endpoint& endpoint,
                                                         std::uint64_t /*number*/, Random& chance) {
      for (const std::unique_ptr<PracticeUpstream>& upstream : upstreams) {
        if (endpoint.host == upstream->host()) {
          Attempt::Odds odds;
          odds.faulty = faulty;
          odds.faults.bytes_to_server = octets;
          odds.faults.corruption = upstream->tls() != relay::Tls::none;
          Attempt attempt = Attempt::draw(chance, odds);
          if (outages.covers(endpoint.host, world.now())) {
            attempt.answer = Attempt::Answer::refused;
          }
          return attempt;
        }
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
    const auto sessions_done = [this] { return relay.sessions() == 0; };
    if (world.run_until(sessions_done) != World::Stop::done) {
      report.wrong.emplace_back("a session of the relay outlived its client and its deadlines");
    }
    relay.stop(scope);
    for (const std::unique_ptr<PracticeUpstream>& upstream : upstreams) {
      upstream->stop();
    }
    const auto all_done = [this] { return relay.sessions() == 0 && scope.running() == 0; };
    if (world.run_until(all_done) != World::Stop::done) {
      report.wrong.emplace_back("something goes on after the stop");
    }
    report.sessions = relay.accepted();
    for (const std::unique_ptr<MailClient>& client : clients) {
      judge_letters(*client, report);
    }
    report.trace = trace.text();
    return report;
  }

  void judge_letters(MailClient& client, Report& report) {
    for (const Letter& letter : client.letters()) {
      Case books{.letter = letter,
                 .told = {},
                 .done = {},
                 .ends = relay.wire.ends(letter.sender),
                 .records = relay.book.find(letter.sender),
                 .remembers = remembers};
      for (Told& told : client.told()) {
        if (told.letter == &letter) {
          told.may_have_heard |= relay.book.closed_about(letter.sender, told.gone_at);
          books.told.push_back(&told);
        }
      }
      for (const std::unique_ptr<PracticeUpstream>& upstream : upstreams) {
        books.done.add(upstream->book().find(letter.sender));
      }
      std::vector<std::string> wrong = judge(books, report.tally);
      report.wrong.insert(report.wrong.end(), wrong.begin(), wrong.end());
    }
  }

  const PracticeTls& practice;
  World world;
  Trace trace;
  Network network;
  SimulatedDialer client_dialer;
  SimulatedDialer relay_dialer;
  bool passthrough = false;
  bool has_fallback = false;
  bool remembers = true;
  Outages outages;
  std::vector<std::unique_ptr<PracticeUpstream>> upstreams;
  io::Scope scope;
  RelayUnderTest relay;
  std::vector<std::unique_ptr<MailClient>> clients;
  io::Scope client_scope{world};
  io::Cancellation never;
};

MailWorld::MailWorld(std::uint64_t seed, const PracticeTls& practice, bool traced)
    : parts_(std::make_unique<Parts>(seed, practice, traced)) {}
MailWorld::~MailWorld() = default;

MailWorld::Report MailWorld::run() { return parts_->run(); }

}  // namespace truerelay::simulation
