#include "relay/backoff.h"

#include <gtest/gtest.h>

#include <vector>

namespace truerelay::relay {
namespace {

using namespace std::chrono_literals;

constexpr io::Time kBegin{1000h};

TEST(Backoff, IsNotOnBeforeItsReasonCame) {
  const Backoff backoff(2s, 60s);
  EXPECT_FALSE(backoff.active(kBegin));
}

TEST(Backoff, TheFirstPauseIsTheShortest) {
  Backoff backoff(2s, 60s);
  backoff.begin(kBegin);
  EXPECT_TRUE(backoff.active(kBegin + 2s - 1us));
  EXPECT_FALSE(backoff.active(kBegin + 2s));
  EXPECT_EQ(backoff.until(), kBegin + 2s);
}

TEST(Backoff, EachPauseThatSoonFollowsAnotherIsTwiceAsLongUpToTheLongest) {
  Backoff backoff(2s, 60s);
  std::vector<io::Duration> pauses;
  io::Time now = kBegin;
  for (int i = 0; i < 7; ++i) {
    backoff.begin(now);
    pauses.push_back(backoff.until() - now);
    now = backoff.until();
  }
  EXPECT_EQ(pauses, (std::vector<io::Duration>{2s, 4s, 8s, 16s, 32s, 60s, 60s}));
}

TEST(Backoff, TheSameReasonDuringAPauseChangesNothing) {
  Backoff backoff(2s, 60s);
  backoff.begin(kBegin);
  backoff.begin(kBegin + 1s);
  EXPECT_EQ(backoff.until(), kBegin + 2s);
}

TEST(Backoff, WhenTheReasonStayedAwayForTheLongestPauseItIsShortAgain) {
  Backoff backoff(2s, 60s);
  backoff.begin(kBegin);
  backoff.begin(kBegin + 2s + 60s - 1us);
  EXPECT_EQ(backoff.until(), kBegin + 62s - 1us + 4s) << "not yet";
  const io::Time later = backoff.until() + 60s;
  backoff.begin(later);
  EXPECT_EQ(backoff.until(), later + 2s);
}

TEST(Backoff, ItsEndMakesTheNextPauseShort) {
  Backoff backoff(2s, 60s);
  backoff.begin(kBegin);
  backoff.begin(kBegin + 2s);
  backoff.end();
  EXPECT_FALSE(backoff.active(kBegin + 2s));
  backoff.begin(kBegin + 3s);
  EXPECT_EQ(backoff.until(), kBegin + 5s);
}

}  // namespace
}  // namespace truerelay::relay
