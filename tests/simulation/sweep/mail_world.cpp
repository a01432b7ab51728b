#include "tests/simulation/sweep/mail_world.h"

#include <array>
#include <utility>

#include "io/sleep.h"
#include "tests/simulation/network.h"
#include "tests/simulation/sweep/incidents.h"
#include "tests/simulation/sweep/link_plan.h"
#include "tests/simulation/sweep/mail_client.h"
#include "tests/simulation/sweep/plans.h"
#include "tests/simulation/sweep/practice_upstream.h"
#include "tests/simulation/sweep/relay_under_test.h"
#include "tests/simulation/sweep/token_office.h"
#include "tests/simulation/sweep/told_census.h"
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
        circumstances(Circumstances::draw(world.random())),
        scope(world),
        office(make_office()),
        relay(world, relay_dialer, practice, office.get(), world.random().chance(0.3) ? 0.3 : 0) {
    Random& random = world.random();
    draw_upstreams(random);
    relay.wire.throttled_at_first = static_cast<unsigned>(random.between(1, 3));
    relay.scratch.room = random.chance(0.3) ? random.scaled_between(1, 20'000) : relay.scratch.room;
    relay.wire.trace = traced ? &trace : nullptr;
    load_relay({});
    draw_clients(random);
    links.emplace(random, upstream_hosts(), world, census);
    network.set_plan([this](const io::Endpoint& endpoint, std::uint64_t /*number*/,
                            Random& chance) { return plan_link(endpoint, chance); });
    if (random.chance(0.15)) {
      census.count(Event::wall_clock_step);
      world.step_wall_clock(Incident::draw_clock_step(random));
    }
    incidents = Incident::draw(random, world.now());
  }

  std::unique_ptr<TokenOffice> make_office() {
    if (!circumstances.tokens) {
      return nullptr;
    }
    return std::make_unique<TokenOffice>(world, census, TokenOffice::Temper::draw(world.random()),
                                         [this] { upstreams.front()->refresh_tokens(); });
  }

  void draw_upstreams(Random& random) {
    const bool whimsical = random.chance(0.6);
    for (const std::string& host : upstream_hosts()) {
      const relay::Tls tls = draw_tls(random);
      upstreams.push_back(std::make_unique<PracticeUpstream>(
          PracticeUpstream::Surroundings{world, scope, network, practice, census}, host, tls,
          draw_sandbox(random, host, tls, host == kFallbackHost)));
      if (whimsical) {
        upstreams.back()->be_out_of_sorts();
      }
    }
    if (office) {
      upstreams.front()->take_tokens(RelayUnderTest::users().front(),
                                     [this] { return office->good_tokens(); });
    }
  }

  void load_relay(io::Duration drain_timeout) {
    relay.load(draw_plan(world.random(), circumstances, *upstreams.front(), *upstreams.back()),
               drain_timeout);
  }

  void draw_clients(Random& random) {
    const std::size_t count = random.between(3, 6);
    for (std::size_t i = 0; i < count; ++i) {
      std::vector<Letter> letters;
      const std::size_t most = random.chance(0.7) ? 1 : random.between(2, 4);
      for (std::size_t j = 0; j < most; ++j) {
        letters.push_back(Letter::draw(random, "c" + std::to_string(i) + "-" + std::to_string(j)));
      }
      clients.push_back(std::make_unique<MailClient>(world, world, client_dialer, random.fork(),
                                                     draw_manners(random), std::move(letters)));
      network.listen(relay_host(i), kRelayPort,
                     [this, i](std::unique_ptr<io::Stream> stream, io::Peer peer) {
                       relay.accept(i, std::move(stream), std::move(peer));
                     });
    }
  }

  Manners draw_manners(Random& random) const {
    Manners manners = Manners::draw(random);
    if (circumstances.passthrough) {
      manners.user = RelayUnderTest::users().at(random.between(0, 2));
      manners.stranger = random.chance(0.05);
      manners.password = manners.stranger ? "wrong" : RelayUnderTest::password();
    } else if (circumstances.local_login && random.chance(0.7)) {
      manners.user_is_local = true;
      manners.user = LocalAccounts::kUser;
      manners.stranger = random.chance(0.15);
      manners.password = manners.stranger ? "wrong" : LocalAccounts::kPassword;
    }
    return manners;
  }

  Attempt plan_link(const io::Endpoint& endpoint, Random& chance) {
    for (const std::unique_ptr<PracticeUpstream>& upstream : upstreams) {
      if (endpoint.host == upstream->host()) {
        return links->to_upstream(endpoint.host, upstream->tls() != relay::Tls::none, chance);
      }
    }
    Attempt attempt = links->of_client(chance);
    for (std::size_t i = 0; i < clients.size(); ++i) {
      if (endpoint.host == relay_host(i) && !attempt.faults.list.empty()) {
        clients[i]->note_faulty_link();
      }
    }
    return attempt;
  }

  // --- What happens meanwhile ---

  io::Task<void> live_through_incidents() {
    for (const Incident& incident : incidents) {
      const bool reached = co_await io::Sleep(world, world, incident.at, over);
      if (!reached) {
        co_return;
      }
      happen(incident);
    }
  }

  void happen(const Incident& incident) {
    using enum Incident::Kind;
    const bool under_way = relay.sessions() > 0;
    switch (incident.kind) {
      case reload:
        note("reloads");
        census.count(Event::reload_under_way, under_way ? 1 : 0);
        load_relay(incident.drain_timeout);
        break;
      case stop:
        note("is being stopped");
        census.count(Event::stop_under_way, under_way ? 1 : 0);
        for (std::size_t i = 0; i < clients.size(); ++i) {
          network.stop_listening(relay_host(i), kRelayPort);
        }
        relay.stop(scope, incident.drain_timeout);
        break;
      case set_clock:
        note("has its wall clock set");
        census.count(Event::wall_clock_step);
        world.step_wall_clock(incident.clock_step);
        break;
      case revoke_tokens:
        if (office) {
          note("has its tokens revoked");
          office->revoke_tokens();
        }
        break;
      case repair_login:
        if (office) {
          note("is given a new login");
          office->repair();
        }
        break;
      case free_disk:
        relay.scratch.room = relay.scratch.room < 20'000 ? std::size_t{1} << 30 : 100;
        break;
    }
  }

  void note(std::string_view what) {
    if (relay.wire.trace != nullptr) {
      trace.note("the relay", what);
    }
  }

  // --- The run ---

  Report run() {
    for (std::size_t i = 0; i < clients.size(); ++i) {
      client_scope.spawn(clients[i]->run({relay_host(i), kRelayPort}, never));
    }
    scope.spawn(live_through_incidents());
    Report report;
    const auto clients_done = [this] { return client_scope.running() == 0; };
    if (world.run_until(clients_done) != World::Stop::done) {
      report.wrong.emplace_back("a client never came to its end");
    }
    over.cancel();
    const auto sessions_done = [this] { return relay.sessions() == 0; };
    if (world.run_until(sessions_done) != World::Stop::done) {
      report.wrong.emplace_back("a session of the relay outlived its client and its deadlines");
    }
    relay.stop(scope, {});
    for (const std::unique_ptr<PracticeUpstream>& upstream : upstreams) {
      upstream->stop();
    }
    const auto all_done = [this] { return relay.sessions() == 0 && scope.running() == 0; };
    if (world.run_until(all_done) != World::Stop::done) {
      report.wrong.emplace_back("something goes on after the stop");
    }
    report.sessions = relay.accepted();
    judge_relay(report);
    for (const std::unique_ptr<MailClient>& client : clients) {
      count_client(*client, census);
      judge_letters(*client, report);
    }
    report.census = census;
    report.trace = trace.text();
    return report;
  }

  void judge_relay(Report& report) {
    census.count(Event::reload_outlasted, relay.generations_outlasted());
    census.count(Event::stop_cut_short, relay.stop_cut_short() ? 1 : 0);
    census.count(Event::scratch_used, relay.scratch.made);
    census.count(Event::scratch_full, relay.scratch.refused);
    if (office && office->saw_reuse()) {
      report.wrong.emplace_back("a refresh token was sent again after its successor was used");
    }
    for (const std::unique_ptr<PracticeUpstream>& upstream : upstreams) {
      refusals.insert(upstream->book().refusals().begin(), upstream->book().refusals().end());
      refusals.insert(upstream->impostors().refusals().begin(),
                      upstream->impostors().refusals().end());
      if (upstream->impostors().spoken_to()) {
        report.wrong.push_back("somebody logged in at " + upstream->host() +
                               " whose certificate was not its own");
      }
    }
  }

  void judge_letters(MailClient& client, Report& report) {
    for (const Letter& letter : client.letters()) {
      Case books{.letter = letter,
                 .told = {},
                 .done = {},
                 .ends = relay.wire.ends(letter.sender),
                 .records = relay.book.find(letter.sender),
                 .remembers = circumstances.remembers,
                 .rejects_bare_line_ends = circumstances.rejects_bare_line_ends,
                 .bare_line_end_handed_on = relay.wire.bare_line_end(letter.sender),
                 .refusals = &refusals};
      for (Told& told : client.told()) {
        if (told.letter->sender == letter.sender) {
          told.may_have_heard |= relay.book.closed_about(letter.sender, told.gone_at);
          books.told.push_back(&told);
          count_told(told, census);
        }
      }
      for (const observe::MessageRecord& record : books.records) {
        count_record(record, census);
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
  Census census;
  Trace trace;
  Network network;
  SimulatedDialer client_dialer;
  SimulatedDialer relay_dialer;
  const Circumstances circumstances;
  std::vector<std::unique_ptr<PracticeUpstream>> upstreams;
  io::Scope scope;
  std::unique_ptr<TokenOffice> office;
  RelayUnderTest relay;
  std::vector<std::unique_ptr<MailClient>> clients;
  std::optional<LinkPlan> links;
  std::vector<Incident> incidents;
  std::set<std::string> refusals;
  io::Scope client_scope{world};
  io::Cancellation never;
  io::Cancellation over;
};

MailWorld::MailWorld(std::uint64_t seed, const PracticeTls& practice, bool traced)
    : parts_(std::make_unique<Parts>(seed, practice, traced)) {}
MailWorld::~MailWorld() = default;

MailWorld::Report MailWorld::run() { return parts_->run(); }

}  // namespace truerelay::simulation
