#include <gtest/gtest.h>

#include <string>

#include "smtp/dot_codec.h"
#include "tests/sandbox/practice.h"

namespace truerelay::sandbox {
namespace {

using Fate = MemoryLedger::Fate;

// A transaction with one recipient, up to where the data is due.
class ContentTest : public testing::Test {
 protected:
  void begin(Settings settings = Practice::open_settings()) {
    practice_ = std::make_unique<Practice>(std::move(settings));
    greeted(*practice_);
    practice_->begin("anna@example.org");
  }
  std::string say(const std::string& bytes) { return practice_->say(bytes); }
  MemoryLedger::Message& message() { return practice_->ledger.messages.at(0); }

  std::unique_ptr<Practice> practice_;
};

TEST_F(ContentTest, AnAcceptedMessageIsInTheLedgerBeforeItsAnswerIsHeard) {
  begin();
  EXPECT_TRUE(starts(say("DATA\r\n"), "354 "));
  EXPECT_EQ(say("Subject: Hi\r\n\r\nHi\r\n.\r\n"),
            "250 2.6.0 <1-1@practice.example> Queued mail for delivery\r\n");
  EXPECT_EQ(message().fate, Fate::accepted);
  EXPECT_EQ(message().body, "Subject: Hi\r\n\r\nHi\r\n");
  EXPECT_EQ(message().content.size, message().body.size());
  EXPECT_FALSE(message().content.chunked);
  EXPECT_EQ(message().reply.code, 250);
  EXPECT_EQ(message().heard, true);
  EXPECT_EQ(message().envelope.helo, "client.example");
  EXPECT_EQ(message().envelope.mail.reverse_path.text(), "erp@example.org");
  EXPECT_EQ(message().envelope.recipients.at(0).recipient.forward_path.text(), "anna@example.org");
}

TEST_F(ContentTest, TheHashIsFnv1aOfTheContent) {
  begin();
  say("BDAT 6 LAST\r\nfoobar");
  EXPECT_EQ(message().content.hash, 0x85944171F73967E8U);  // The published test vector.
}

TEST_F(ContentTest, DotsAndLongLinesAndEightBitBytesComeThroughUnchanged) {
  const std::string content =
      "..\r\n.\r\n...x\r\n" + std::string(100'000, 'y') + "\r\n.\r\n\r\n" + "\xC3\xA9\xFF\x80\r\n";
  Buffer wire;
  smtp::DotEncoder encoder;
  encoder.take(content, wire);
  encoder.finish(wire);
  begin();
  say("DATA\r\n");
  EXPECT_TRUE(starts(say(std::string(wire.readable())), "250 2.6.0 "));
  EXPECT_EQ(message().body, content);
}

TEST_F(ContentTest, AMessageFedByteByByteIsTheSame) {
  begin();
  say("DATA\r\n");
  std::string replies;
  for (const char byte : std::string("a\r\n..b\r\n.\r\n")) {
    replies += say(std::string(1, byte));
  }
  EXPECT_TRUE(starts(replies, "250 2.6.0 "));
  EXPECT_EQ(message().body, "a\r\n.b\r\n");
}

TEST_F(ContentTest, OnlyCrlfDotCrlfEndsTheData) {
  begin();
  say("DATA\r\n");
  EXPECT_EQ(say("a\n.\nb\r.\rc\r\n.\nd"), "");
  EXPECT_TRUE(starts(say("\r\n.\r\n"), "554 5.6.0 "));
  EXPECT_EQ(message().fate, Fate::refused);
  EXPECT_EQ(message().body, "");
}

TEST_F(ContentTest, BareLineEndsAreNormalisedWhereThatIsSet) {
  Settings settings = Practice::open_settings();
  settings.strict_line_ends = false;
  begin(std::move(settings));
  say("DATA\r\n");
  EXPECT_TRUE(starts(say("a\nb\r\n.\r\n"), "250 2.6.0 "));
  EXPECT_EQ(message().body, "a\r\nb\r\n");
}

TEST_F(ContentTest, ChunksAreAnsweredOneByOneAndJoined) {
  begin();
  EXPECT_TRUE(starts(say("BDAT 4\r\n.\r\na"), "250 2.0.0 4 octets"));
  EXPECT_TRUE(starts(say("BDAT 3\r\n\r\n."), "250 2.0.0 3 octets"));
  EXPECT_TRUE(starts(say("NOOP\r\n"), "250 "));
  EXPECT_TRUE(starts(say("BDAT 2 LAST\r\n\r\n"), "250 2.6.0 "));
  EXPECT_EQ(message().body, ".\r\na\r\n.\r\n");
  EXPECT_TRUE(message().content.chunked);
  EXPECT_TRUE(starts(say("BDAT 1 LAST\r\nx"), "503 5.5.1 "));
}

TEST_F(ContentTest, AnEmptyLastChunkEndsTheMessage) {
  begin();
  EXPECT_TRUE(
      starts(say("BDAT 3\r\na\r\nBDAT 0 LAST\r\n"), "250 2.0.0 3 octets received\r\n250 2.6"));
  EXPECT_EQ(message().body, "a\r\n");
}

TEST_F(ContentTest, AWholePipelinedTransactionWithAChunkIsTaken) {
  begin();
  say("RSET\r\n");
  EXPECT_TRUE(holds(say("MAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\nBDAT 6 LAST\r\nQUIT\r\nQUIT\r\n"),
                    "\r\n250 2.6.0 <1-2@practice.example> Queued mail for delivery\r\n221 "));
  EXPECT_EQ(message().body, "QUIT\r\n");
}

TEST_F(ContentTest, TenThousandPipelinedChunksAreAllTaken) {
  begin();
  std::string chunks;
  for (int i = 0; i < 10'000; ++i) {
    chunks += "BDAT 1\r\nx";
  }
  say(chunks);
  EXPECT_TRUE(starts(say("BDAT 2 LAST\r\n\r\n"), "250 2.6.0 "));
  EXPECT_EQ(message().body, std::string(10'000, 'x') + "\r\n");
}

TEST_F(ContentTest, OtherCommandsAreRefusedBetweenChunksAndRsetGivesUp) {
  begin();
  say("BDAT 3\r\na\r\n");
  EXPECT_TRUE(starts(say("DATA\r\n"), "503 5.5.1 "));
  EXPECT_TRUE(starts(say("RCPT TO:<b@x>\r\n"), "503 5.5.1 "));
  EXPECT_TRUE(starts(say("MAIL FROM:<b@x>\r\n"), "503 5.5.1 "));
  EXPECT_TRUE(starts(say("RSET\r\n"), "250 "));
  EXPECT_EQ(message().fate, Fate::abandoned);
  EXPECT_EQ(message().reason, "RSET");
}

TEST_F(ContentTest, ABareLineEndInAChunkIsRefusedAndTheRestIsPassedOver) {
  begin();
  EXPECT_TRUE(starts(say("BDAT 4\r\na\nb\r"), "554 5.6.0 "));
  EXPECT_TRUE(starts(say("BDAT 6 LAST\r\nQUIT\r\n"), "503 5.5.1 "));
  EXPECT_TRUE(starts(say("RSET\r\n"), "250 "));
  EXPECT_EQ(message().fate, Fate::refused);
  EXPECT_EQ(message().heard, true);
}

TEST_F(ContentTest, ACrlfMayBeCutByTheEndOfAChunkButNotOfTheMessage) {
  begin();
  say("BDAT 2\r\na\r");
  EXPECT_TRUE(starts(say("BDAT 1 LAST\r\n\n"), "250 2.6.0 "));
  begin();
  EXPECT_TRUE(starts(say("BDAT 2 LAST\r\na\r"), "554 5.6.0 "));
}

TEST_F(ContentTest, WithoutAnAcceptedRecipientThereIsNoData) {
  begin();
  say("RSET\r\n");
  say("MAIL FROM:<a@x>\r\n");
  say("RCPT TO:<refuse-550@x>\r\n");
  EXPECT_TRUE(starts(say("DATA\r\n"), "554 5.5.1 No valid recipients"));
  EXPECT_TRUE(starts(say("BDAT 6 LAST\r\nQUIT\r\n"), "554 5.5.1 No valid recipients"));
  EXPECT_TRUE(practice_->ledger.messages.empty());
}

TEST_F(ContentTest, ATooLargeMessageIsRefusedAsSoonAsItIsKnown) {
  Settings settings = Practice::open_settings();
  settings.largest_message = 1000;
  begin(std::move(settings));
  say("RSET\r\n");
  EXPECT_TRUE(starts(say("MAIL FROM:<a@x> SIZE=1001\r\n"), "552 5.3.4 "));
  EXPECT_TRUE(starts(say("MAIL FROM:<a@x> SIZE=1000\r\n"), "250 "));
  say("RCPT TO:<b@x>\r\n");
  say("DATA\r\n");
  EXPECT_TRUE(starts(say(std::string(999, 'x') + "\r\n.\r\n"), "552 5.3.4 "));
  EXPECT_EQ(message().fate, Fate::refused);
  EXPECT_TRUE(starts(say("NOOP\r\n"), "250 "));
}

TEST_F(ContentTest, AMessageThatGoesOnForEverIsNotListenedTo) {
  Settings settings = Practice::open_settings();
  settings.largest_message = 1000;
  begin(std::move(settings));
  say("DATA\r\n");
  EXPECT_TRUE(starts(say(std::string(3000, 'x')), "552 5.3.4 "));
  EXPECT_TRUE(practice_->ended());
  EXPECT_EQ(message().fate, Fate::abandoned);
}

TEST_F(ContentTest, WhatCannotBeStoredIsNotAccepted) {
  begin();
  practice_->ledger.takes = false;
  say("DATA\r\n");
  EXPECT_TRUE(starts(say("a\r\n.\r\n"), "452 4.3.1 "));
  begin();
  practice_->ledger.keeps = false;
  say("DATA\r\n");
  EXPECT_TRUE(starts(say("a\r\n.\r\n"), "452 4.3.1 "));
  EXPECT_EQ(message().fate, Fate::refused);
}

TEST_F(ContentTest, AClientThatLeavesBeforeTheEndHasSentNothing) {
  begin();
  say("DATA\r\n");
  say("a\r\n.");
  practice_->hang_up();
  EXPECT_EQ(message().fate, Fate::abandoned);
  EXPECT_EQ(message().heard, std::nullopt);
}

}  // namespace
}  // namespace truerelay::sandbox
