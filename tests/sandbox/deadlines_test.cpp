#include <gtest/gtest.h>

#include <string>

#include "tests/sandbox/practice.h"

namespace truerelay::sandbox {
namespace {

using std::chrono::seconds;

Settings impatient() {
  Settings settings = Practice::open_settings();
  settings.deadlines.command = seconds(30);
  settings.deadlines.body = seconds(60);
  settings.deadlines.body_octets_per_second = 100;
  return settings;
}

// Two seconds a byte, which Practice::say() spends.
bool trickle_ends(Practice& practice, const std::string& byte, int at_most) {
  for (int i = 0; i < at_most && !practice.ended(); ++i) {
    practice.say(byte);
  }
  return practice.ended();
}

TEST(Deadlines, AClientThatSaysNothingIsLeft) {
  Practice practice(impatient());
  greeted(practice);
  practice.wait(seconds(28));
  EXPECT_FALSE(practice.ended());
  practice.wait(seconds(2));
  EXPECT_TRUE(practice.ended());
  EXPECT_EQ(practice.sessions(), 0U);
}

TEST(Deadlines, ACommandThatTricklesDoesNotRenewItsDeadline) {
  Practice practice(impatient());
  greeted(practice);
  EXPECT_TRUE(trickle_ends(practice, "N", 20));
}

TEST(Deadlines, EachCommandHasItsOwnDeadline) {
  Practice practice(impatient());
  greeted(practice);
  EXPECT_FALSE(trickle_ends(practice, "NOOP\r\n", 40));
}

TEST(Deadlines, ABodyThatTricklesEndsAndNothingIsAccepted) {
  Practice practice(impatient());
  greeted(practice);
  practice.begin("a@example.org");
  practice.say("DATA\r\n");
  EXPECT_TRUE(trickle_ends(practice, "x\r\n", 40));
  ASSERT_EQ(practice.ledger.messages.size(), 1U);
  EXPECT_EQ(practice.ledger.messages[0].fate, MemoryLedger::Fate::abandoned);
}

TEST(Deadlines, ABodyThatKeepsTheLeastRateMayTakeItsTime) {
  Practice practice(impatient());
  greeted(practice);
  practice.begin("a@example.org");
  practice.say("DATA\r\n");
  EXPECT_FALSE(trickle_ends(practice, std::string(300, 'x') + "\r\n", 200));
  EXPECT_TRUE(starts(practice.say(".\r\n"), "250 2.6.0 "));
}

TEST(Deadlines, AnAuthDialogueIsNotWaitedForLonger) {
  Practice practice(impatient());
  greeted(practice);
  practice.say("EHLO client.example\r\n");
  practice.say("AUTH LOGIN\r\n");
  practice.wait(seconds(30));
  EXPECT_TRUE(practice.ended());
}

TEST(Deadlines, AClientThatStaysAfterQuitIsLeft) {
  Practice practice(impatient());
  greeted(practice);
  practice.say("QUIT\r\n");
  practice.wait(seconds(5));
  EXPECT_EQ(practice.sessions(), 0U);
}

}  // namespace
}  // namespace truerelay::sandbox
