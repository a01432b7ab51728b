#include "tests/simulation/every_byte/conversation.h"

#include <utility>

#include "tests/simulation/network.h"
#include "tests/simulation/sweep/mail_client.h"
#include "tests/simulation/sweep/practice_upstream.h"
#include "tests/simulation/sweep/relay_under_test.h"
#include "tests/simulation/trace.h"
#include "tests/simulation/world.h"

namespace truerelay::simulation {
namespace {

const std::string kRelayHost = "relay.example";
constexpr std::uint16_t kRelayPort = 25;

Letter letter(const std::string& name, std::size_t octets) {
  Letter letter;
  letter.sender = "sender@" + name + ".example";
  letter.recipients = {"box@" + name + ".example", "refuse-550@" + name + ".example"};
  letter.content = "Subject: " + name + "\r\n\r\n";
  while (letter.content.size() < octets) {
    letter.content += "..a line of text, and\r\n.\r\n";
  }
  return letter;
}

class Stage {
 public:
  Stage(const Mode& mode, std::optional<Place> death, const PracticeTls& practice, bool traced)
      : mode_(mode),
        world_(1),
        trace_(world_),
        network_(world_, traced ? &trace_ : nullptr),
        client_dialer_(network_, ipv4(10, 0, 0, 1)),
        relay_dialer_(network_, ipv4(10, 0, 0, 2)),
        upstream_({world_, scope_, network_, practice, census_}, upstream_host(), mode.tls,
                  sandbox()),
        relay_(world_, relay_dialer_, practice) {
    relay::UpstreamSettings settings;
    settings.name = upstream_host();
    settings.file = "upstreams/example.toml";
    settings.endpoint = {upstream_host(), PracticeUpstream::kPort};
    settings.tls = mode.tls;
    settings.helo_name = "relay.example";
    relay_.load({.upstream = std::move(settings),
                 .listeners = {RelayUnderTest::listener("erp", std::chrono::minutes(30))}},
                {});
    network_.listen(kRelayHost, kRelayPort,
                    [this](std::unique_ptr<io::Stream> stream, io::Peer peer) {
                      relay_.accept(0, std::move(stream), std::move(peer));
                    });
    network_.set_plan([this, death](const io::Endpoint& endpoint, std::uint64_t /*number*/,
                                    Random& /*random*/) { return attempt(endpoint, death); });
  }

  Conversation hold() {
    Conversation conversation;
    if (mode_.pooled) {
      MailClient first(world_, world_, client_dialer_, Random(1), Manners{},
                       {letter("first", 300)});
      send(first, conversation);
      conversation.before = relay_.wire.first_connection();
    }
    MailClient client(world_, world_, client_dialer_, Random(2), Manners{},
                      {letter("second", mode_.content)});
    send(client, conversation);
    stop(conversation);
    conversation.carried = relay_.wire.first_connection();
    check(client, conversation);
    conversation.trace = trace_.text();
    return conversation;
  }

 private:
  sandbox::Settings sandbox() const {
    sandbox::Settings settings = PracticeUpstream::settings_for(mode_.tls, RelayUnderTest::users(),
                                                                RelayUnderTest::password());
    settings.offers.chunking = mode_.chunks;
    return settings;
  }

  Attempt attempt(const io::Endpoint& endpoint, std::optional<Place> death) {
    Attempt attempt;
    if (endpoint.host == upstream_.host()) {
      attempt.conditions.to_server.window = mode_.window;
      if (++connections_ == 1 && death) {
        attempt.faults.list.push_back(
            {.kind = mode_.death, .direction = death->direction, .at = death->at});
      }
    }
    // A long message comes bit by bit, so that a part of it has gone before the rest is there.
    if (endpoint.host == kRelayHost) {
      attempt.conditions.to_server.window = mode_.window;
    }
    return attempt;
  }

  void send(MailClient& client, Conversation& conversation) {
    io::Scope clients(world_);
    clients.spawn(client.run({kRelayHost, kRelayPort}, never_));
    const auto done = [&] { return clients.running() == 0 && relay_.sessions() == 0; };
    if (world_.run_until(done) != World::Stop::done) {
      conversation.wrong.emplace_back("the client or its session never came to its end");
    }
  }

  void stop(Conversation& conversation) {
    relay_.stop(scope_, {});
    const auto closed = [&] { return scope_.running() <= 1; };
    world_.run_until(closed, {.time = std::chrono::minutes(1)});
    upstream_.stop();
    const auto done = [&] { return scope_.running() == 0; };
    if (world_.run_until(done) != World::Stop::done) {
      conversation.wrong.emplace_back("something goes on after the stop");
    }
  }

  void check(MailClient& client, Conversation& conversation) {
    const Letter& sent = client.letters().front();
    Case books{.letter = sent,
               .told = {},
               .done = upstream_.book().find(sent.sender),
               .ends = relay_.wire.ends(sent.sender),
               .records = relay_.book.find(sent.sender),
               .bare_line_end_handed_on = relay_.wire.bare_line_end(sent.sender)};
    for (const Told& told : client.told()) {
      books.told.push_back(&told);
    }
    std::vector<std::string> wrong = judge(books, conversation.tally);
    conversation.wrong.insert(conversation.wrong.end(), wrong.begin(), wrong.end());
    // The oracle has made sure that it is in doubt only where the last byte was handed on.
    if (conversation.tally.messages[Verdict::true_accept] +
            conversation.tally.messages[Verdict::in_doubt] !=
        1) {
      conversation.wrong.push_back("not repaired: the client was told " +
                                   (client.told().empty() || !client.told().front().final_reply
                                        ? std::string("nothing")
                                        : smtp::one_line(*client.told().front().final_reply)));
    }
  }

  const Mode mode_;
  World world_;
  Trace trace_;
  Network network_;
  SimulatedDialer client_dialer_;
  SimulatedDialer relay_dialer_;
  io::Scope scope_{world_};
  Census census_;
  PracticeUpstream upstream_;
  RelayUnderTest relay_;
  io::Cancellation never_;
  unsigned connections_ = 0;  // To the upstream.
};

}  // namespace

std::string upstream_host() { return "upstream.example"; }

Conversation hold_conversation(const Mode& mode, std::optional<Place> death,
                               const PracticeTls& practice, bool traced) {
  return Stage(mode, death, practice, traced).hold();
}

}  // namespace truerelay::simulation
