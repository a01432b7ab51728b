// The client against servers that do just what a test says, over simulated links and in virtual
// time. The canaries are secrets: no error may hold one.

#include "http/client.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "io/scope.h"
#include "tests/http/scripted_peer.h"
#include "tests/simulation/sweep/practice_tls.h"

namespace truerelay::http {
namespace {

using namespace std::chrono_literals;
using Kind = io::Failure::Kind;

constexpr const char* kHost = "login.example.com";
constexpr const char* kOk = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

// Keys cost time.
const simulation::PracticeTls& practice_tls() {
  static const simulation::PracticeTls kTls({kHost});
  return kTls;
}

struct Outcome {
  std::optional<io::Result<Response>> result;
  io::Time ended{};

  [[nodiscard]] bool answered() const { return result && *result; }
  [[nodiscard]] const Response& answer() const { return result->value(); }
  [[nodiscard]] const io::Failure& failure() const { return result->error(); }
};

class ClientTest : public testing::Test {
 protected:
  void serve(std::vector<Act> script, const std::string& host = kHost) {
    peer.emplace(world, network, host, std::uint16_t{443}, std::move(script),
                 &practice_tls().server());
  }
  // Every byte by itself, both ways.
  void dribble() {
    network.set_plan([](const io::Endpoint&, std::uint64_t, simulation::Random&) {
      simulation::Attempt attempt;
      for (auto* way : {&attempt.conditions.to_client, &attempt.conditions.to_server}) {
        way->smallest_piece = way->largest_piece = 1;
      }
      return attempt;
    });
  }

  static Request request(const std::string& url = "https://login.example.com/token") {
    Request post;
    post.url = parse_url(url).value();
    post.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
    post.authorization = Redacted("Basic canary");
    post.body = Redacted("client_secret=canary");
    return post;
  }

  // The outcome by the deadline, 30 s from now; whatever happens the connection is gone then.
  Outcome send(Request post, std::size_t longest_body = Client::kLongestBody) {
    Outcome outcome;
    const io::Time begun = world.now();
    scope.spawn(run(*this, std::move(post), longest_body, outcome));
    world.run_until([&] { return outcome.result.has_value(); });
    EXPECT_TRUE(outcome.result) << "it has not ended";
    EXPECT_LE(outcome.ended - begun, 31s);
    if (outcome.result && !*outcome.result) {
      const std::string& detail = outcome.failure().detail;
      EXPECT_EQ(detail.find("canary"), std::string::npos) << detail;
      EXPECT_NE(detail.find("login.example.com"), std::string::npos) << detail;
    }
    world.run_for(2min);  // The server notices when it wakes up.
    EXPECT_EQ(peer ? peer->open() : 0, 0U);
    return outcome;
  }
  static io::Task<void> run(ClientTest& self, Request post, std::size_t longest_body,
                            Outcome& outcome) {
    Client client(self.dialer, *self.tls);
    io::Result<Response> result = co_await client.send(std::move(post), self.world.now() + 30s,
                                                       self.cancellation, longest_body);
    outcome.ended = self.world.now();
    outcome.result.emplace(std::move(result));
  }

  simulation::World world{1};
  simulation::Network network{world};
  simulation::SimulatedDialer dialer{network, simulation::ipv4(10, 0, 0, 5)};
  const std::unique_ptr<tls::ClientContext> tls = practice_tls().client();
  io::Cancellation cancellation;
  io::Scope scope{world};
  std::optional<ScriptedPeer> peer;
};

TEST_F(ClientTest, SendsOneRequestAndGivesTheAnswer) {
  serve(
      {hear_header(), hear(20), say(std::string(kOk) + "Content-Length: 9\r\n\r\n{\"a\":\"b\"}")});
  const Outcome outcome = send(request());
  ASSERT_TRUE(outcome.answered()) << outcome.failure().detail;
  EXPECT_EQ(outcome.answer().status, 200);
  EXPECT_EQ(outcome.answer().reason, "OK");
  EXPECT_EQ(*find(outcome.answer().headers, "content-type"), "application/json");
  EXPECT_EQ(outcome.answer().body.reveal(), "{\"a\":\"b\"}");
  EXPECT_EQ(peer->heard(),
            "POST /token HTTP/1.1\r\n"
            "Host: login.example.com\r\n"
            "User-Agent: truerelay/" TRUERELAY_VERSION
            "\r\n"
            "Connection: close\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            "Content-Length: 20\r\n"
            "Authorization: Basic canary\r\n"
            "\r\n"
            "client_secret=canary");
}

TEST_F(ClientTest, AGetHasNoBody) {
  serve({hear_header(), say("HTTP/1.1 204 No Content\r\n\r\n")});
  Request get;
  get.method = Method::get;
  get.url = parse_url("https://login.example.com/.well-known/openid-configuration?v=2").value();
  const Outcome outcome = send(std::move(get));
  ASSERT_TRUE(outcome.answered());
  EXPECT_EQ(outcome.answer().status, 204);
  EXPECT_TRUE(peer->heard().starts_with("GET /.well-known/openid-configuration?v=2 HTTP/1.1\r\n"));
  EXPECT_EQ(peer->heard().find("Content-Length"), std::string::npos);
  EXPECT_EQ(peer->heard().find("Authorization"), std::string::npos);
}

TEST_F(ClientTest, GivesTheSameAnswerWhenEveryByteComesByItself) {
  dribble();
  serve({hear_header(), hear(20), say("HTTP/1.1 100 Continue\r\n\r\n"), pause(1s),
         say(std::string(kOk) + "Transfer-Encoding: chunked\r\n\r\n4\r\n{\"a\"\r\n"), pause(1s),
         say("5\r\n:\"b\"}\r\n0\r\n\r\n")});
  const Outcome outcome = send(request());
  ASSERT_TRUE(outcome.answered()) << outcome.failure().detail;
  EXPECT_EQ(outcome.answer().body.reveal(), "{\"a\":\"b\"}");
}

TEST_F(ClientTest, TakesABodyThatEndsWithTheConnection) {
  serve({hear_header(), say(std::string(kOk) + "\r\n{\"a\":\"b\"}"), pause(1s), close()});
  const Outcome outcome = send(request());
  ASSERT_TRUE(outcome.answered()) << outcome.failure().detail;
  EXPECT_EQ(outcome.answer().body.reveal(), "{\"a\":\"b\"}");
}

// Who cuts the connection can make a body shorter, but not look like its end under TLS.
TEST_F(ClientTest, NeverTakesABodyForWholeThatWasCut) {
  bool whole = false;
  for (std::uint64_t at = 0; at < 10'000 && !whole; at += 11) {
    network.set_plan([at](const io::Endpoint&, std::uint64_t, simulation::Random&) {
      simulation::Attempt attempt;
      attempt.faults.list.push_back({.kind = simulation::Fault::Kind::end,
                                     .direction = simulation::Direction::to_client,
                                     .at = at});
      return attempt;
    });
    serve(
        {hear_header(), hear(20), say(std::string(kOk) + "\r\n" + std::string(500, 'x')), close()});
    const Outcome outcome = send(request());
    whole = outcome.answered();
    if (whole) {
      EXPECT_EQ(outcome.answer().body.reveal(), std::string(500, 'x')) << at;
      EXPECT_GT(at, 1000U);
    }
  }
  EXPECT_TRUE(whole);
}

TEST_F(ClientTest, GivesRedirectsBackAndFollowsNone) {
  for (const char* status : {"301", "302", "303", "307", "308"}) {
    serve({hear_header(), hear(20),
           say(std::string("HTTP/1.1 ") + status +
               " Elsewhere\r\nLocation: https://login.example.com/other\r\n"
               "Content-Length: 0\r\n\r\n")});
    const Outcome outcome = send(request());
    ASSERT_TRUE(outcome.answered());
    EXPECT_EQ(std::to_string(outcome.answer().status), status);
    EXPECT_EQ(*find(outcome.answer().headers, "Location"), "https://login.example.com/other");
    EXPECT_EQ(peer->connections(), 1U);
  }
}

TEST_F(ClientTest, GivesErrorsBackWithTheirBodies) {
  serve({hear_header(), hear(20),
         say("HTTP/1.1 400 Bad Request\r\nContent-Length: 25\r\n\r\n"
             "{\"error\":\"invalid_grant\"}")});
  const Outcome outcome = send(request());
  ASSERT_TRUE(outcome.answered());
  EXPECT_EQ(outcome.answer().status, 400);
  EXPECT_EQ(outcome.answer().body.reveal(), "{\"error\":\"invalid_grant\"}");
}

TEST_F(ClientTest, GivesUpAtTheDeadlineWhereverTheServerFallsSilent) {
  const std::vector<std::vector<Act>> scripts = {
      {},
      {hear_header()},
      {hear_header(), say("HTTP/1.1 200")},
      {hear_header(), say(kOk)},
      {hear_header(), say(std::string(kOk) + "Content-Length: 5\r\n\r\n1234")},
      {hear_header(), say(std::string(kOk) + "\r\nuntil the end")},
      {hear_header(), say_for_ever("HTTP/1.1 100 Continue\r\n\r\n", 10s)},
      {hear_header(), say(std::string(kOk) + "Content-Length: 60000\r\n\r\n"),
       say_for_ever("x", 1s)},
      {hear_header(), say(kOk), say_for_ever("X: y\r\n", 1s)},
  };
  for (const std::vector<Act>& script : scripts) {
    serve(script);
    const io::Time begun = world.now();
    const Outcome outcome = send(request());
    ASSERT_FALSE(outcome.answered());
    EXPECT_EQ(outcome.failure().kind, Kind::timed_out) << outcome.failure().detail;
    EXPECT_EQ(outcome.failure().detail,
              "login.example.com port 443 gave no complete answer in time");
    EXPECT_GE(outcome.ended - begun, 30s);
  }
}

TEST_F(ClientTest, GivesUpOnWhatNeverEnds) {
  const std::vector<std::vector<Act>> scripts = {
      {hear_header(), say_for_ever(std::string(1000, 'x'))},
      {hear_header(), say(kOk), say_for_ever("X: y\r\n")},
      {hear_header(), say(kOk), say("X: "), say_for_ever(std::string(1000, 'x'))},
      {hear_header(), say_for_ever("HTTP/1.1 100 Continue\r\n\r\n")},
      {hear_header(), say(std::string(kOk) + "\r\n"), say_for_ever(std::string(1000, 'x'))},
      {hear_header(), say(std::string(kOk) + "Transfer-Encoding: chunked\r\n\r\n"),
       say_for_ever("1\r\nx\r\n")},
      {hear_header(), say(std::string(kOk) + "Content-Length: 99999999999\r\n\r\n"),
       say_for_ever(std::string(1000, 'x'))},
  };
  for (const std::vector<Act>& script : scripts) {
    serve(script);
    const io::Time begun = world.now();
    const Outcome outcome = send(request());
    ASSERT_FALSE(outcome.answered());
    EXPECT_TRUE(outcome.failure().kind == Kind::too_long ||
                outcome.failure().kind == Kind::malformed)
        << outcome.failure().detail;
    EXPECT_LT(outcome.ended - begun, 30s);
  }
}

TEST_F(ClientTest, KeepsTheBoundThatItIsGiven) {
  serve({hear_header(), hear(20), say(std::string(kOk) + "Content-Length: 11\r\n\r\nhello world")});
  const Outcome refused = send(request(), 10);
  ASSERT_FALSE(refused.answered());
  EXPECT_EQ(refused.failure().kind, Kind::too_long);
  EXPECT_EQ(refused.failure().detail,
            "the answer of login.example.com port 443 cannot be used: its body is longer than 10 "
            "octets");
  EXPECT_TRUE(send(request(), 11).answered());
}

TEST_F(ClientTest, RefusesGarbage) {
  for (const char* garbage :
       {"<!DOCTYPE html><html>canary</html>", "220 mail.example ESMTP canary\r\n", "canary",
        "HTTP/1.1 200 OK\r\nX: can\x01"
        "ary\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\ncanary"}) {
    serve({hear_header(), say(garbage), pause(60s)});
    const Outcome outcome = send(request());
    ASSERT_FALSE(outcome.answered()) << garbage;
    EXPECT_EQ(outcome.failure().kind, Kind::malformed) << outcome.failure().detail;
  }
}

TEST_F(ClientTest, NoticesAConnectionThatEndsTooEarly) {
  for (const std::string& bytes : {std::string(), std::string("HTTP/1.1 20"), std::string(kOk),
                                   std::string(kOk) + "Content-Length: 10\r\n\r\ncanary"}) {
    serve({hear_header(), hear(20), say(bytes), close()});
    const Outcome outcome = send(request());
    ASSERT_FALSE(outcome.answered());
    EXPECT_TRUE(outcome.failure().kind == Kind::closed || outcome.failure().kind == Kind::reset)
        << outcome.failure().detail;
  }
}

TEST_F(ClientTest, SaysWhatTheDialerSays) {
  const Outcome unknown = send(request());
  ASSERT_FALSE(unknown.answered());
  EXPECT_EQ(unknown.failure().kind, Kind::name_not_resolved);
}

TEST_F(ClientTest, SendsNothingToAServerThatIsNotVerified) {
  peer.emplace(world, network, kHost, std::uint16_t{443}, std::vector<Act>{hear_header(), say(kOk)},
               nullptr);
  const simulation::PracticeTls other({kHost});
  ScriptedPeer impostor(world, network, kHost, 443, {hear_header(), say(kOk)}, &other.server());
  const Outcome outcome = send(request());
  ASSERT_FALSE(outcome.answered());
  EXPECT_EQ(outcome.failure().kind, Kind::tls_refused);
  EXPECT_EQ(impostor.connections(), 1U);
  EXPECT_EQ(impostor.heard(), "");
}

TEST_F(ClientTest, StopsAtOnceWhenItIsCancelled) {
  for (const io::Duration when : {io::Duration(0), io::Duration(300), io::Duration(700),
                                  io::Duration(1000), io::Duration(1s)}) {
    io::Cancellation cancelled;
    serve({hear_header(), say("HTTP/1.1 100 Continue\r\n\r\n")});
    Outcome outcome;
    const io::Time begun = world.now();
    io::Scope waiting(world);
    Client client(dialer, *tls);
    const auto ask = [](Client& asked, io::Time deadline, io::Cancellation& stop,
                        Outcome& into) -> io::Task<void> {
      io::Result<Response> result = co_await asked.send(request(), deadline, stop);
      into.result.emplace(std::move(result));
    };
    waiting.spawn(ask(client, begun + 30s, cancelled, outcome));
    world.run_for(when);
    EXPECT_FALSE(outcome.result);
    cancelled.cancel();
    world.run_for(1ms);
    ASSERT_TRUE(outcome.result) << when.count();
    ASSERT_FALSE(*outcome.result);
    EXPECT_EQ(outcome.failure().kind, Kind::cancelled) << outcome.failure().detail;
    world.run_for(1s);
  }
}

TEST_F(ClientTest, SendsNoHeaderThatHoldsALineEnd) {
  serve({hear_header(), say(kOk)});
  Request post = request();
  post.authorization = Redacted("Bearer x\r\nX-Injected: canary");
  Outcome outcome;
  scope.spawn(run(*this, std::move(post), 10, outcome));
  world.run_for(1s);
  ASSERT_TRUE(outcome.result);
  ASSERT_FALSE(*outcome.result);
  EXPECT_EQ(outcome.failure().kind, Kind::malformed);
  EXPECT_EQ(peer->connections(), 0U);
}

TEST_F(ClientTest, SpeaksPlainHttpToThisMachineOnly) {
  ScriptedPeer local(world, network, "127.0.0.1", 8080,
                     {hear_header(), hear(20), say(std::string(kOk) + "\r\nend"), close()});
  Outcome outcome;
  scope.spawn(run(*this, request("http://127.0.0.1:8080/token"), 10, outcome));
  world.run_for(1s);
  ASSERT_TRUE(outcome.answered());
  EXPECT_EQ(outcome.answer().body.reveal(), "end");
  EXPECT_NE(local.heard().find("Host: 127.0.0.1:8080\r\n"), std::string::npos);
}

}  // namespace
}  // namespace truerelay::http
