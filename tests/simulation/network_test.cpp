#include "tests/simulation/network.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "tests/simulation/probe.h"

namespace truerelay::simulation {
namespace {

using Kind = io::Failure::Kind;
using std::chrono::seconds;

struct Dialled {
  std::optional<io::Result<io::Connection>> result;
  [[nodiscard]] bool connected() const { return result && result->has_value(); }
  [[nodiscard]] std::optional<Kind> failure() const {
    return !result || *result ? std::nullopt : std::optional(result->error().kind);
  }
};

io::Task<void> dial(io::Dialer& dialer, io::Endpoint endpoint, io::Time deadline,
                    io::Cancellation& cancellation, Dialled& into) {
  io::Result<io::Connection> result =
      co_await dialer.dial(std::move(endpoint), deadline, cancellation);
  into.result.emplace(std::move(result));
}

class NetworkTest : public testing::Test {
 protected:
  void start(const std::string& host, std::uint16_t port) {
    scope.spawn(dial(dialer, {host, port}, world.now() + seconds(30), cancellation, dialled));
  }
  void serve(const std::string& host, std::uint16_t port) {
    network.listen(host, port, [this](std::unique_ptr<io::Stream> stream, io::Peer peer) {
      accepted.push_back(std::move(stream));
      peers.push_back(std::move(peer));
    });
  }
  void every_attempt(Attempt attempt) {
    network.set_plan([attempt](const io::Endpoint&, std::uint64_t, Random&) { return attempt; });
  }

  World world{1};
  Network network{world};
  SimulatedDialer dialer{network, ipv4(10, 0, 0, 5)};
  io::Cancellation cancellation;
  io::Scope scope{world};
  Dialled dialled;
  std::vector<std::unique_ptr<io::Stream>> accepted;
  std::vector<io::Peer> peers;
};

TEST_F(NetworkTest, ConnectsADialerWithWhoeverListens) {
  serve("smtp.example", 587);
  start("smtp.example", 587);
  world.run();
  ASSERT_TRUE(dialled.connected());
  ASSERT_EQ(accepted.size(), 1U);
  EXPECT_EQ(dialled.result->value().address, "192.0.2.1:587");
  EXPECT_EQ(peers[0].ip, ipv4(10, 0, 0, 5));
  EXPECT_EQ(peers[0].address, "10.0.0.5:49153");
  const WriteProbe greeting(*accepted[0], "220 smtp.example\r\n");
  const ReadProbe read(*dialled.result->value().stream);
  world.run();
  EXPECT_EQ(read.bytes(), "220 smtp.example\r\n");
}

TEST_F(NetworkTest, TheServerAcceptsALittleAfterTheDialerKnows) {
  serve("smtp.example", 587);
  start("smtp.example", 587);
  world.run_until([this] { return dialled.connected(); });
  EXPECT_TRUE(accepted.empty());
  const WriteProbe early(*dialled.result->value().stream, "early");
  world.run();
  ASSERT_EQ(accepted.size(), 1U);
  const ReadProbe read(*accepted[0]);
  world.run();
  EXPECT_EQ(read.bytes(), "early");
}

TEST_F(NetworkTest, RefusesWhereNobodyListensOnAHostThatExists) {
  serve("smtp.example", 587);
  start("smtp.example", 25);
  world.run();
  EXPECT_EQ(dialled.failure(), Kind::unreachable);
  EXPECT_EQ(dialled.result->error().detail, "192.0.2.1:25: connection refused");
}

TEST_F(NetworkTest, AnAddressLiteralNeedsNoName) {
  start("2001:db8::1", 25);
  world.run();
  EXPECT_EQ(dialled.failure(), Kind::unreachable);
  EXPECT_EQ(dialled.result->error().detail, "[2001:db8::1]:25: connection refused");
}

TEST_F(NetworkTest, AHostThatWasNeverServedHasNoAddress) {
  start("nowhere.example", 25);
  world.run();
  EXPECT_EQ(dialled.failure(), Kind::name_not_resolved);
}

TEST_F(NetworkTest, AListenerThatStoppedIsRefused) {
  serve("smtp.example", 587);
  network.stop_listening("smtp.example", 587);
  start("smtp.example", 587);
  world.run();
  EXPECT_EQ(dialled.failure(), Kind::unreachable);
}

TEST_F(NetworkTest, AListenerThatStopsBeforeItAcceptsHangsUp) {
  serve("smtp.example", 587);
  start("smtp.example", 587);
  world.run_until([this] { return dialled.connected(); });
  network.stop_listening("smtp.example", 587);
  const ReadProbe read(*dialled.result->value().stream);
  world.run();
  EXPECT_TRUE(accepted.empty());
  EXPECT_TRUE(read.at_end());
}

TEST_F(NetworkTest, AListenerMayStopListeningWhenItAccepts) {
  network.listen("smtp.example", 587, [this](std::unique_ptr<io::Stream> stream, io::Peer) {
    network.stop_listening("smtp.example", 587);
    accepted.push_back(std::move(stream));
  });
  start("smtp.example", 587);
  world.run();
  EXPECT_EQ(accepted.size(), 1U);
}

TEST_F(NetworkTest, ThePlanRefusesAndForgetsNames) {
  serve("smtp.example", 587);
  every_attempt({.answer = Attempt::Answer::refused});
  start("smtp.example", 587);
  world.run();
  EXPECT_EQ(dialled.failure(), Kind::unreachable);
  every_attempt({.answer = Attempt::Answer::unknown_name});
  start("smtp.example", 587);
  world.run();
  EXPECT_EQ(dialled.failure(), Kind::name_not_resolved);
  EXPECT_TRUE(accepted.empty());
}

TEST_F(NetworkTest, SilenceLastsUntilTheDeadline) {
  serve("smtp.example", 587);
  every_attempt({.answer = Attempt::Answer::silence});
  start("smtp.example", 587);
  world.run_for(seconds(30) - io::Duration{1});
  EXPECT_FALSE(dialled.result);
  world.run_for(io::Duration{1});
  EXPECT_EQ(dialled.failure(), Kind::timed_out);
}

TEST_F(NetworkTest, AnAnswerAfterTheDeadlineIsTooLate) {
  serve("smtp.example", 587);
  every_attempt({.delay = seconds(31)});
  start("smtp.example", 587);
  world.run();
  EXPECT_EQ(dialled.failure(), Kind::timed_out);
  EXPECT_TRUE(accepted.empty());
}

TEST_F(NetworkTest, HonoursCancellationWhileItWaitsAndBefore) {
  every_attempt({.answer = Attempt::Answer::silence});
  start("smtp.example", 587);
  world.run_for(seconds(1));
  cancellation.cancel();
  world.run_until_idle();
  EXPECT_EQ(dialled.failure(), Kind::cancelled);
  dialled.result.reset();
  start("smtp.example", 587);
  EXPECT_EQ(dialled.failure(), Kind::cancelled);
}

TEST_F(NetworkTest, ThePlanKnowsTheAttemptAndGivesTheLinkItsFaults) {
  serve("smtp.example", 587);
  network.set_plan([](const io::Endpoint& endpoint, std::uint64_t number, Random&) {
    Attempt attempt;
    if (endpoint.host == "smtp.example" && number == 2) {
      attempt.faults.list.push_back(
          {.kind = Fault::Kind::reset, .direction = Direction::to_client, .at = 0});
    }
    return attempt;
  });
  for (const bool breaks : {false, true}) {
    start("smtp.example", 587);
    world.run();
    ASSERT_TRUE(dialled.connected());
    const ReadProbe read(*dialled.result->value().stream);
    world.run();
    EXPECT_EQ(read.failure().has_value(), breaks);
    dialled.result.reset();
  }
  EXPECT_EQ(network.attempts(), 2U);
}

TEST(Attempt, IsDrawnWithEveryAnswerAndDescribesItself) {
  Random random(1);
  int answers[4] = {};
  int faulty = 0;
  for (int i = 0; i < 2000; ++i) {
    const Attempt attempt = Attempt::draw(random, {});
    ++answers[static_cast<int>(attempt.answer)];
    faulty += attempt.faults.list.empty() ? 0 : 1;
  }
  EXPECT_GT(answers[0], 1700);
  EXPECT_GT(answers[1], 10);
  EXPECT_GT(answers[2], 10);
  EXPECT_GT(answers[3], 10);
  EXPECT_GT(faulty, 900);
  EXPECT_LT(faulty, 1100);
  EXPECT_EQ((Attempt{.answer = Attempt::Answer::refused}.describe()), "refused after 0.000500 s");
  EXPECT_TRUE(Attempt{}.describe().starts_with("connects after 0.000500 s; no faults; to the"));
}

}  // namespace
}  // namespace truerelay::simulation
