#include <gtest/gtest.h>

#include <string>

#include "tests/sandbox/practice.h"

namespace truerelay::sandbox {
namespace {

using std::chrono::seconds;
using Fate = MemoryLedger::Fate;

class OrderedOutcomesTest : public testing::Test {
 protected:
  // What RCPT to these recipients is answered.
  std::string to(std::string_view recipients) {
    practice_ = std::make_unique<Practice>(Practice::open_settings());
    greeted(*practice_);
    return practice_->begin(recipients);
  }
  std::string say(const std::string& bytes) { return practice_->say(bytes); }
  // The answer to a short message.
  std::string send() {
    say("DATA\r\n");
    return say("Hi\r\n.\r\n");
  }
  MemoryLedger::Message& message() { return practice_->ledger.messages.at(0); }

  std::unique_ptr<Practice> practice_;
};

TEST_F(OrderedOutcomesTest, ARecipientIsRefusedWithTheCodeInItsName) {
  EXPECT_EQ(to("refuse-550@x defer-451@x anna@x"),
            "550 5.1.1 User unknown in virtual mailbox table\r\n"
            "451 4.7.1 Greylisting in action, please come back later\r\n"
            "250 2.1.5 Recipient OK\r\n");
  ASSERT_EQ(practice_->ledger.recipients.size(), 3U);
  EXPECT_EQ(practice_->ledger.recipients[0].reply.code, 550);
  EXPECT_TRUE(starts(send(), "250 2.6.0 "));
}

TEST_F(OrderedOutcomesTest, ACodeWithoutAWordingOfItsOwnIsGivenToo) {
  EXPECT_TRUE(starts(to("refuse-559@x"), "559 5.0.0 "));
}

TEST_F(OrderedOutcomesTest, AMisspeltOrderIsRefusedSoThatNobodyIsMisled) {
  EXPECT_TRUE(starts(to("refuse-250@x"), "550 5.1.1 The local part looks like an order"));
}

TEST_F(OrderedOutcomesTest, A421EndsTheConnection) {
  EXPECT_TRUE(starts(to("defer-421@x"), "421 4.7.0 "));
  EXPECT_TRUE(practice_->ended());
}

TEST_F(OrderedOutcomesTest, ASenderIsRefusedWithTheCodeInItsName) {
  to("");
  say("RSET\r\n");
  EXPECT_TRUE(starts(say("MAIL FROM:<refuse-550@x>\r\n"), "550 5.7.60 "));
  EXPECT_TRUE(starts(say("RCPT TO:<anna@x>\r\n"), "503 "));
  EXPECT_TRUE(starts(say("MAIL FROM:<slow-20s@x>\r\n"), "250 "));
}

TEST_F(OrderedOutcomesTest, TheMessageIsRefusedAfterItsEnd) {
  to("anna@x refuse-data-552@x");
  EXPECT_EQ(send(), "552 5.3.4 Message size exceeds fixed limit\r\n");
  EXPECT_EQ(message().fate, Fate::refused);
  EXPECT_EQ(message().body, "");
  EXPECT_EQ(message().heard, true);
  to("defer-data-451@x");
  EXPECT_TRUE(starts(send(), "451 4.7.500 "));
  EXPECT_TRUE(starts(say("NOOP\r\n"), "250 "));
}

TEST_F(OrderedOutcomesTest, OneRefusalHasManyLines) {
  to("refuse-data-554@x");
  const std::string reply = send();
  EXPECT_TRUE(starts(reply, "554-5.2.0 STOREDRV.Submission.Exception"));
  EXPECT_TRUE(holds(reply, "\r\n554 5.2.0 "));
}

TEST_F(OrderedOutcomesTest, ThrottlingIsAnsweredAsOffice365Does) {
  to("throttle@x");
  EXPECT_TRUE(starts(send(), "432 4.3.2 Concurrent connections limit exceeded"));
  EXPECT_EQ(message().fate, Fate::refused);
}

TEST_F(OrderedOutcomesTest, ASlowRecipientIsAnsweredLateAndTheOthersBeforeIt) {
  EXPECT_EQ(to("anna@x slow-20s@x"), "250 2.1.5 Recipient OK\r\n");
  EXPECT_EQ(practice_->wait(seconds(17)), "");
  EXPECT_EQ(practice_->wait(seconds(2)), "250 2.1.5 Recipient OK\r\n");
  EXPECT_TRUE(starts(send(), "250 2.6.0 "));
}

TEST_F(OrderedOutcomesTest, AnEarlierAnswerInThePipelineDoesNotWaitForASlowRecipient) {
  to("");
  EXPECT_EQ(say("RCPT TO:<anna@x>\r\nRCPT TO:<slow-20s@x>\r\nRCPT TO:<refuse-550@x>\r\n"),
            "250 2.1.5 Recipient OK\r\n");
  EXPECT_TRUE(starts(practice_->wait(seconds(20)), "250 2.1.5 Recipient OK\r\n550 "));
}

TEST_F(OrderedOutcomesTest, TheEndOfTheDataIsAnsweredLate) {
  to("slow-data-20s@x slow-data-5s@x refuse-data-550@x");
  EXPECT_EQ(send(), "");
  EXPECT_EQ(practice_->wait(seconds(17)), "");
  EXPECT_EQ(message().fate, Fate::coming);
  EXPECT_TRUE(starts(practice_->wait(seconds(2)), "550 5.7.1 "));
}

TEST_F(OrderedOutcomesTest, TheConnectionBreaksAtTheRecipientAfterTheEarlierAnswers) {
  to("");
  EXPECT_EQ(say("RCPT TO:<anna@x>\r\nRCPT TO:<drop@x>\r\n"), "250 2.1.5 Recipient OK\r\n");
  EXPECT_TRUE(practice_->ended());
  EXPECT_EQ(practice_->ledger.endings.at(0), "dropped, as the recipient ordered");
}

TEST_F(OrderedOutcomesTest, TheConnectionBreaksAfterTheDataAndNothingIsAccepted) {
  to("anna@x drop-data@x");
  EXPECT_EQ(send(), "");
  EXPECT_TRUE(practice_->ended());
  EXPECT_EQ(message().fate, Fate::abandoned);
  EXPECT_EQ(message().body, "");
}

TEST_F(OrderedOutcomesTest, AnAcceptedMessageWhoseAnswerIsLostIsInTheLedger) {
  to("drop-after-accept@x");
  EXPECT_EQ(send(), "");
  EXPECT_TRUE(practice_->ended());
  EXPECT_EQ(message().fate, Fate::accepted);
  EXPECT_EQ(message().body, "Hi\r\n");
  EXPECT_EQ(message().heard, false);
}

TEST_F(OrderedOutcomesTest, AMessageIsRefusedWhileItIsStillComing) {
  to("early-refuse-552@x");
  say("DATA\r\n");
  EXPECT_EQ(say("short\r\n"), "");
  EXPECT_TRUE(starts(say(std::string(2000, 'x') + "\r\n"), "552 5.3.4 "));
  EXPECT_EQ(message().fate, Fate::refused);
  EXPECT_EQ(say("and more\r\n.\r\n"), "");
  EXPECT_TRUE(starts(say("MAIL FROM:<a@x>\r\n"), "250 "));
}

TEST_F(OrderedOutcomesTest, AShortMessageIsRefusedAtItsEndInstead) {
  to("early-refuse-552@x");
  EXPECT_TRUE(starts(send(), "552 5.3.4 "));
  EXPECT_TRUE(starts(say("MAIL FROM:<a@x>\r\n"), "250 "));
}

TEST_F(OrderedOutcomesTest, AChunkIsRefusedWhileItIsStillComing) {
  to("early-refuse-552@x");
  EXPECT_TRUE(starts(say("BDAT 2000\r\n" + std::string(1500, 'x')), "552 5.3.4 "));
  EXPECT_EQ(say(std::string(500, 'x')), "");
  EXPECT_TRUE(starts(say("BDAT 3 LAST\r\na\r\n"), "503 5.5.1 "));
  EXPECT_TRUE(starts(say("RSET\r\n"), "250 "));
  EXPECT_EQ(message().fate, Fate::refused);
}

TEST_F(OrderedOutcomesTest, OrdersHoldForChunksAsForData) {
  to("drop-after-accept@x");
  EXPECT_EQ(say("BDAT 4 LAST\r\nHi\r\n"), "");
  EXPECT_TRUE(practice_->ended());
  EXPECT_EQ(message().fate, Fate::accepted);
}

TEST_F(OrderedOutcomesTest, OrdersAreForgottenWithTheirTransaction) {
  to("anna@x");
  EXPECT_TRUE(starts(say("RCPT TO:<throttle@x>\r\n"), "250 "));
  say("RSET\r\n");
  say("MAIL FROM:<a@x>\r\n");
  say("RCPT TO:<anna@x>\r\n");
  EXPECT_TRUE(starts(send(), "250 2.6.0 "));
}

TEST_F(OrderedOutcomesTest, AStopEndsAWaitThatWasOrdered) {
  to("slow-data-3600s@x");
  EXPECT_EQ(send(), "");
  practice_->stop();
  practice_->wait(seconds(1));
  EXPECT_EQ(practice_->sessions(), 0U);
  EXPECT_EQ(message().fate, Fate::abandoned);
}

}  // namespace
}  // namespace truerelay::sandbox
