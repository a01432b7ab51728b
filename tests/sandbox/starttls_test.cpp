#include <gtest/gtest.h>

#include "tests/sandbox/practice.h"

namespace truerelay::sandbox {
namespace {

TEST(StartTls, TheSessionBeginsAnewOverTls) {
  Practice practice(Practice::usual_settings());
  greeted(practice);
  practice.say("EHLO client.example\r\n");
  EXPECT_TRUE(starts(practice.say("STARTTLS\r\n"), "220 2.0.0 "));
  ASSERT_EQ(practice.ledger.handshakes.size(), 1U);
  EXPECT_EQ(practice.ledger.handshakes[0].version, "TLSv1.3");
  EXPECT_TRUE(starts(practice.say("MAIL FROM:<a@example.org>\r\n"), "503 5.5.1 Send EHLO"));
  practice.say("EHLO client.example\r\n");
  EXPECT_TRUE(starts(practice.say("STARTTLS\r\n"), "503 5.5.1 "));
}

TEST(StartTls, ALoginFromBeforeTlsDoesNotCount) {
  Settings settings = Practice::usual_settings();
  settings.auth_without_tls = true;
  Practice practice(std::move(settings));
  greeted(practice);
  practice.say("EHLO client.example\r\n");
  EXPECT_TRUE(starts(practice.say("AUTH PLAIN AGVycABzZWNyZXQ=\r\n"), "235 "));
  practice.say("STARTTLS\r\n");
  practice.say("EHLO client.example\r\n");
  EXPECT_TRUE(starts(practice.say("MAIL FROM:<a@example.org>\r\n"), "530 5.7.0 Auth"));
}

TEST(StartTls, PlaintextThatComesWithItIsNeverTakenForCommands) {
  Practice practice(Practice::usual_settings());
  greeted(practice);
  practice.say("EHLO client.example\r\n");
  EXPECT_TRUE(starts(practice.say("STARTTLS\r\nEHLO evil.example\r\n"), "554 5.5.1 "));
  EXPECT_TRUE(practice.ended());
  EXPECT_TRUE(practice.ledger.handshakes.empty());
}

TEST(StartTls, HalfACommandThatComesWithItIsRefusedToo) {
  Practice practice(Practice::usual_settings());
  greeted(practice);
  practice.say("EHLO client.example\r\n");
  EXPECT_TRUE(starts(practice.say("STARTTLS\r\nEH"), "554 5.5.1 "));
  EXPECT_TRUE(practice.ledger.handshakes.empty());
}

}  // namespace
}  // namespace truerelay::sandbox
