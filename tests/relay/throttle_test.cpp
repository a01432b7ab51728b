#include "relay/throttle.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace truerelay::relay {
namespace {

struct Case {
  int code;
  std::string line;
  std::optional<Throttle> throttle;
};

TEST(ThrottleTable, TheAnswersOfTheLargeProvidersAreKnown) {
  const std::vector<Case> cases = {
      {432, "4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", Throttle::connections},
      {432, "4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent",
       Throttle::connections},
      {421, "4.4.2 Message submission rate for this client has exceeded the configured limit",
       Throttle::rate},
      {454, "4.7.0 Too many login attempts, please try again later. gsmtp", Throttle::logins},
      {454, "Throttling failure: Maximum sending rate exceeded.", Throttle::rate},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(throttle_in({each.code, each.line}), each.throttle) << each.line;
  }
}

TEST(ThrottleTable, TheCaseOfTheWordsDoesNotMatter) {
  EXPECT_EQ(throttle_in({454, "4.7.0 TOO MANY LOGIN attempts"}), Throttle::logins);
}

TEST(ThrottleTable, TheWordsMayStandInALaterLine) {
  const smtp::Reply reply(421, std::vector<std::string>{"4.4.2 Closing", "4.4.2 submission rate"});
  EXPECT_EQ(throttle_in(reply), Throttle::rate);
}

// Each would be wrong to try again: another code, another status, or other words.
TEST(ThrottleTable, WhatIsAboutThisMessageOrThisLoginIsNoThrottle) {
  const std::vector<Case> cases = {
      {421, "4.4.2 Timeout waiting for a command", {}},
      {421, "4.7.0 Message submission rate", {}},
      {432, "4.7.12 A password transition is needed", {}},
      {450, "4.3.2 Mailbox busy", {}},
      {451, "4.3.2 Please try again later", {}},
      {452, "4.3.1 Insufficient system storage", {}},
      {454, "4.7.0 Temporary authentication failure", {}},
      {535, "5.7.8 Too many login attempts", {}},
      {550, "5.4.5 Daily user sending limit exceeded", {}},
      {250, "4.3.2 nonsense", {}},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(throttle_in({each.code, each.line}), each.throttle) << each.code << " " << each.line;
  }
}

}  // namespace
}  // namespace truerelay::relay
