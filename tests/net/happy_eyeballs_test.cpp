#include "net/happy_eyeballs.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "io/scope.h"
#include "platform/ip_text.h"
#include "tests/io/manual_loop.h"

namespace truerelay::net {
namespace {

using namespace std::chrono_literals;
using truerelay::testing::ManualLoop;

SocketAddress at(const std::string& ip) { return {*platform::parse_ip(ip), 25}; }

std::vector<std::string> ordered(const std::vector<std::string>& ips) {
  std::vector<SocketAddress> addresses;
  for (const std::string& ip : ips) {
    addresses.push_back(at(ip));
  }
  std::vector<std::string> order;
  for (const SocketAddress& address : order_of_attempts(addresses)) {
    order.push_back(platform::ip_text(address.ip));
  }
  return order;
}

using Ips = std::vector<std::string>;

TEST(OrderOfAttempts, FamiliesAlternateWithIPv6First) {
  EXPECT_EQ(ordered({"192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2", "2001:db8::3"}),
            (Ips{"2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2", "2001:db8::3"}));
  EXPECT_EQ(ordered({"192.0.2.1", "192.0.2.2"}), (Ips{"192.0.2.1", "192.0.2.2"}));
  EXPECT_EQ(ordered({"::1"}), (Ips{"::1"}));
  EXPECT_EQ(ordered({}), Ips{});
}

TEST(OrderOfAttempts, EachAddressIsTriedOnce) {
  EXPECT_EQ(ordered({"192.0.2.1", "192.0.2.1", "::1", "192.0.2.2", "::1"}),
            (Ips{"::1", "192.0.2.1", "192.0.2.2"}));
}

TEST(OrderOfAttempts, AThousandAddressesAreNoMoreThanThirtyTwo) {
  std::vector<SocketAddress> addresses;
  for (int i = 0; i < 1000; ++i) {
    addresses.push_back(at(
        (i < 500 ? "192.0." : "2001:db8::") +
        (i < 500 ? std::to_string(i / 250) + "." + std::to_string(i % 250) : std::to_string(i))));
  }
  const auto order = order_of_attempts(addresses);
  ASSERT_EQ(order.size(), kMostAttempts);
  EXPECT_FALSE(order.front().ip.is_v4());
  EXPECT_TRUE(order.back().ip.is_v4());  // Both families have their share.
}

// Attempts that end when the test says so.
class FakeAttempts final : public Attempts {
 public:
  explicit FakeAttempts(io::Clock& clock) : clock_(clock), begin_(clock.now()) {}
  void start(std::size_t index, Race& race) override {
    EXPECT_EQ(index, started.size());
    started.push_back(clock_.now() - begin_);
    if (index < refuse_at_once) {
      race.failed(index, "refused");
    }
  }
  std::vector<io::Duration> started;  // When each began, after the beginning of the race.
  std::size_t refuse_at_once = 0;     // So many of the first.

 private:
  io::Clock& clock_;
  io::Time begin_;
};

class HappyEyeballs : public ::testing::Test {
 protected:
  void race(std::size_t count, io::Duration patience = 30s) {
    running.emplace(loop, loop, cancellation, attempts, count);
    scope.spawn(run(*running, loop.now() + patience, end));
    loop.run_jobs();
  }

  ManualLoop loop;
  io::Cancellation cancellation;
  FakeAttempts attempts{loop};
  std::optional<Race> running;
  std::optional<Race::End> end;
  io::Scope scope{loop};

 private:
  static io::Task<void> run(Race& race, io::Time deadline, std::optional<Race::End>& end) {
    const Race::End outcome = co_await race.run(deadline);
    end = outcome;
  }
};

using Times = std::vector<io::Duration>;

TEST_F(HappyEyeballs, AttemptsStart250MillisecondsApart) {
  race(3);
  EXPECT_EQ(attempts.started, Times{0ms});
  loop.advance(249999us);
  EXPECT_EQ(attempts.started.size(), 1U);
  loop.advance(1us);
  loop.advance(1s);
  EXPECT_EQ(attempts.started, (Times{0ms, 250ms, 500ms}));
  running->succeeded(1);
  loop.run_jobs();
  EXPECT_EQ(end, Race::End::won);
  EXPECT_EQ(running->winner(), 1U);
}

TEST_F(HappyEyeballs, AFailureStartsTheNextAtOnce) {
  race(4);
  loop.advance(10ms);
  running->failed(0, "refused");
  loop.run_jobs();
  EXPECT_EQ(attempts.started, (Times{0ms, 10ms}));
  loop.advance(250ms);
  EXPECT_EQ(attempts.started, (Times{0ms, 10ms, 260ms}));
  running->succeeded(2);
  loop.run_jobs();
  EXPECT_EQ(running->winner(), 2U);
}

TEST_F(HappyEyeballs, TheFirstSuccessStartsNoOther) {
  race(3);
  running->succeeded(0);
  loop.run_jobs();
  EXPECT_EQ(end, Race::End::won);
  loop.advance(1s);
  EXPECT_EQ(attempts.started.size(), 1U);
}

TEST_F(HappyEyeballs, OfTwoSuccessesInOneTurnTheFirstWins) {
  race(2);
  loop.advance(250ms);
  running->succeeded(1);
  running->succeeded(0);
  loop.run_jobs();
  EXPECT_EQ(running->winner(), 1U);
}

TEST_F(HappyEyeballs, ASuccessOvertakesAFailureInTheSameTurn) {
  race(2);
  loop.advance(250ms);
  running->failed(0, "refused");
  running->succeeded(1);
  loop.run_jobs();
  EXPECT_EQ(end, Race::End::won);
}

TEST_F(HappyEyeballs, AttemptsThatFailAtOnceAreGoneThroughWithoutWaiting) {
  attempts.refuse_at_once = 32;
  race(32);
  EXPECT_EQ(end, Race::End::all_failed);
  EXPECT_EQ(attempts.started, Times(32, 0ms));
  EXPECT_EQ(running->reasons(), std::vector<std::string>(32, "refused"));
}

TEST_F(HappyEyeballs, FailsWhenTheLastAttemptHasFailed) {
  race(2);
  loop.advance(300ms);
  running->failed(1, "unreachable");
  loop.run_jobs();
  EXPECT_FALSE(end.has_value());
  loop.advance(10s);
  running->failed(0, "refused");
  loop.run_jobs();
  EXPECT_EQ(end, Race::End::all_failed);
  EXPECT_EQ(running->reasons(), (std::vector<std::string>{"refused", "unreachable"}));
}

TEST_F(HappyEyeballs, EndsAtTheDeadline) {
  race(3, 300ms);
  loop.advance(299ms);
  EXPECT_FALSE(end.has_value());
  loop.advance(1ms);
  EXPECT_EQ(end, Race::End::timed_out);
  EXPECT_EQ(running->reasons(), (std::vector<std::string>{"", ""}));
}

TEST_F(HappyEyeballs, StartsNothingAfterTheDeadlineOrCancellation) {
  race(3, 0ms);
  EXPECT_EQ(end, Race::End::timed_out);
  cancellation.cancel();
  race(3);
  EXPECT_EQ(end, Race::End::cancelled);
  EXPECT_TRUE(attempts.started.empty());
}

TEST_F(HappyEyeballs, EndsWhenItIsCancelled) {
  race(3);
  loop.advance(100ms);
  cancellation.cancel();
  loop.run_jobs();
  EXPECT_EQ(end, Race::End::cancelled);
  loop.advance(10s);
  EXPECT_EQ(attempts.started.size(), 1U);
}

TEST_F(HappyEyeballs, WithoutAddressesAllHaveFailed) {
  race(0);
  EXPECT_EQ(end, Race::End::all_failed);
}

}  // namespace
}  // namespace truerelay::net
