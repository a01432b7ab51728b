#include "http/visit.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "io/scope.h"
#include "tests/simulation/link.h"
#include "tests/simulation/world.h"

namespace truerelay::http {
namespace {

using namespace std::chrono_literals;
using Kind = io::Failure::Kind;

class VisitTest : public testing::Test {
 protected:
  static constexpr std::uint16_t kPort = 8400;

  // What came of it, and what the browser was told.
  struct Outcome {
    std::optional<io::Result<Redacted>> target;
    std::string told;
  };

  // The browser sends `bytes`, in pieces of so many at most, and waits.
  Outcome visit(std::string_view bytes, std::size_t piece = 65536) {
    simulation::LinkOptions options;
    options.conditions.to_server.smallest_piece = piece;
    options.conditions.to_server.largest_piece = piece;
    simulation::LinkEnds ends = make_link(world, options);
    Outcome outcome;
    io::Scope scope(world);
    scope.spawn(serve(*this, std::move(ends.server), outcome));
    scope.spawn(browse(*ends.client, bytes, outcome.told));
    world.run_until([&] { return scope.running() == 0; });
    EXPECT_TRUE(outcome.target);
    return outcome;
  }
  static std::string request(std::string_view host, std::string_view target = "/cb?code=canary") {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: " + std::string(host) +
           "\r\nAccept: text/html\r\n\r\n";
  }

  static io::Task<void> serve(VisitTest& self, std::unique_ptr<io::Stream> stream,
                              Outcome& outcome) {
    Visit visit(std::move(stream), kPort, self.world.now() + 10s, self.cancellation);
    io::Result<Redacted> target = co_await visit.target();
    if (target) {
      const io::Result<void> answered = co_await visit.answer(200, "Done <b>here</b>.");
      EXPECT_TRUE(answered);
    }
    outcome.target.emplace(std::move(target));
  }
  static io::Task<void> browse(io::Stream& stream, std::string_view bytes, std::string& told) {
    co_await stream.write(bytes);
    while (true) {
      Buffer buffer;
      const io::Result<std::size_t> count = co_await stream.read(buffer);
      if (!count || *count == 0) {
        co_return;
      }
      told += buffer.readable();
    }
  }

  simulation::World world{1};
  io::Cancellation cancellation;
};

TEST_F(VisitTest, HearsWhereTheBrowserWasSentAndAnswersWithText) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{65536}}) {
    const Outcome outcome = visit(request("127.0.0.1:8400", "/cb?state=x&code=4%2F0Ad"), piece);
    ASSERT_TRUE(*outcome.target) << outcome.target->error().detail;
    EXPECT_EQ((*outcome.target)->reveal(), "/cb?state=x&code=4%2F0Ad");
    EXPECT_TRUE(outcome.told.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/plain;"));
    EXPECT_TRUE(outcome.told.ends_with("Content-Length: 18\r\n\r\nDone <b>here</b>.\n"));
    EXPECT_NE(outcome.told.find("Cache-Control: no-store\r\n"), std::string::npos);
  }
}

TEST_F(VisitTest, IsForThisMachineAtThisPortOnly) {
  for (const char* host : {"127.0.0.1:8400", "localhost:8400", "LOCALHOST:8400", "[::1]:8400"}) {
    EXPECT_TRUE(*visit(request(host)).target) << host;
  }
  for (const char* host :
       {"evil.example:8400", "evil.example", "127.0.0.1", "127.0.0.1:8401", "localhost",
        "localhost.evil.example:8400", "127.0.0.1.evil.example:8400", "127.0.0.1:8400@evil", "",
        "127.0.0.1:8400\r\nHost: evil.example", "evil.example\r\nHost: 127.0.0.1:8400"}) {
    const Outcome outcome = visit(request(host));
    ASSERT_FALSE(*outcome.target) << host;
    EXPECT_EQ(outcome.target->error().kind, Kind::malformed);
    EXPECT_TRUE(outcome.told.starts_with("HTTP/1.1 421 Misdirected Request\r\n")) << host;
    EXPECT_EQ(outcome.told.find("canary"), std::string::npos);
  }
  EXPECT_FALSE(*visit("GET / HTTP/1.0\r\n\r\n").target);
}

TEST_F(VisitTest, AnswersNothingButGet) {
  for (const char* method : {"POST", "HEAD", "OPTIONS", "PUT", "GETS", "get"}) {
    const Outcome outcome =
        visit(method + std::string(" /cb HTTP/1.1\r\nHost: localhost:8400\r\n\r\n"));
    ASSERT_FALSE(*outcome.target) << method;
    EXPECT_TRUE(outcome.told.starts_with("HTTP/1.1 405 Method Not Allowed\r\n")) << method;
    EXPECT_NE(outcome.told.find("\r\nAllow: GET\r\n"), std::string::npos);
  }
}

TEST_F(VisitTest, RefusesWhatIsNoRequest) {
  for (const std::string& bytes :
       {std::string("GET\r\n\r\n"), std::string("\x16\x03\x01\x02\x00\r\n\r\n", 9),
        std::string("EHLO erp\r\n\r\n"), request("localhost:8400", "/cb?\x01"),
        request("localhost:8400", "http://localhost:8400/cb"), request("localhost:8400", "*"),
        std::string("GET / HTTP/1.1\r\nHost: localhost:8400\r\nX: a\x01\r\n\r\n")}) {
    const Outcome outcome = visit(bytes);
    ASSERT_FALSE(*outcome.target) << bytes;
    EXPECT_EQ(outcome.target->error().kind, Kind::malformed) << bytes;
    EXPECT_TRUE(outcome.told.starts_with("HTTP/1.1 400 Bad Request\r\n")) << outcome.told;
  }
}

TEST_F(VisitTest, BoundsWhatItHears) {
  for (const std::string& bytes :
       {"GET /" + std::string(kLongestHeader, 'x'),
        "GET / HTTP/1.1\r\nX: " + std::string(kLongestHeader, 'x'),
        std::string("GET / HTTP/1.1\r\nHost: localhost:8400\r\nContent-Length: 1\r\n\r\nx")}) {
    for (const std::size_t piece : {std::size_t{100}, std::size_t{65536}}) {
      const Outcome outcome = visit(bytes, piece);
      ASSERT_FALSE(*outcome.target);
      EXPECT_EQ(outcome.target->error().kind, Kind::too_long);
    }
  }
}

TEST_F(VisitTest, EndsAtTheDeadlineWhereTheBrowserSaysNothing) {
  const io::Time begun = world.now();
  for (const char* bytes : {"", "GET / HTTP/1.1\r\nHost: localhost:8400\r\n"}) {
    const Outcome outcome = visit(bytes);
    ASSERT_FALSE(*outcome.target);
    EXPECT_EQ(outcome.target->error().kind, Kind::timed_out);
  }
  EXPECT_LE(world.now() - begun, 21s);
}

TEST_F(VisitTest, NoticesABrowserThatLeaves) {
  simulation::LinkEnds ends = simulation::make_link(world, {});
  Outcome outcome;
  io::Scope scope(world);
  scope.spawn(serve(*this, std::move(ends.server), outcome));
  ends.client.reset();
  world.run_for(1s);
  ASSERT_TRUE(outcome.target);
  ASSERT_FALSE(*outcome.target);
  EXPECT_EQ(outcome.target->error().kind, Kind::closed);
}

TEST_F(VisitTest, EndsWhenItIsCancelled) {
  simulation::LinkEnds ends = simulation::make_link(world, {});
  Outcome outcome;
  io::Scope scope(world);
  scope.spawn(serve(*this, std::move(ends.server), outcome));
  world.run_for(1s);
  cancellation.cancel();
  world.run_for(1ms);
  ASSERT_TRUE(outcome.target);
  ASSERT_FALSE(*outcome.target);
  EXPECT_EQ(outcome.target->error().kind, Kind::cancelled);
}

}  // namespace
}  // namespace truerelay::http
