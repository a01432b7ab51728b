#include <gtest/gtest.h>

#include <string>

#include "tests/sandbox/practice.h"

namespace truerelay::sandbox {
namespace {

TEST(Dialogue, GreetsAndEndsWithQuit) {
  Practice practice(Practice::usual_settings());
  EXPECT_TRUE(starts(greeted(practice), "220 practice.example "));
  EXPECT_TRUE(starts(practice.say("QUIT\r\n"), "221 2.0.0 "));
  EXPECT_TRUE(practice.ended());
  practice.hang_up();
  EXPECT_EQ(practice.ledger.connections.at(0).address, "192.0.2.1:49152");
  EXPECT_EQ(practice.ledger.endings, std::vector<std::string>{"QUIT"});
}

TEST(Dialogue, OffersWhatItIsSetToOfferAndNoAuthBeforeTls) {
  Practice practice(Practice::usual_settings());
  greeted(practice);
  const std::string plain = practice.say("EHLO client.example\r\n");
  EXPECT_TRUE(starts(plain, "250-practice.example Hello client.example\r\n"));
  for (const char* offer : {"SIZE 36700160", "8BITMIME", "SMTPUTF8", "DSN", "ENHANCEDSTATUSCODES",
                            "PIPELINING", "CHUNKING", "STARTTLS"}) {
    EXPECT_TRUE(holds(plain, offer)) << offer;
  }
  EXPECT_FALSE(holds(plain, "AUTH"));
  practice.say("STARTTLS\r\n");
  const std::string secured = practice.say("EHLO client.example\r\n");
  EXPECT_TRUE(holds(secured, "AUTH PLAIN LOGIN XOAUTH2 OAUTHBEARER\r\n"));
  EXPECT_FALSE(holds(secured, "STARTTLS"));
}

TEST(Dialogue, AnswersHeloWithoutExtensions) {
  Practice practice(Practice::usual_settings());
  greeted(practice);
  EXPECT_EQ(practice.say("HELO client.example\r\n"),
            "250 practice.example Hello client.example\r\n");
}

TEST(Dialogue, CommandsOutOfSequenceAreRefusedWith503) {
  Practice practice(Practice::open_settings());
  greeted(practice);
  EXPECT_TRUE(starts(practice.say("MAIL FROM:<a@example.org>\r\n"), "503 5.5.1 "));
  EXPECT_TRUE(starts(practice.say("AUTH LOGIN\r\n"), "503 5.5.1 "));
  EXPECT_TRUE(starts(practice.say("STARTTLS\r\n"), "503 5.5.1 "));
  practice.say("EHLO client.example\r\n");
  EXPECT_TRUE(starts(practice.say("RCPT TO:<a@example.org>\r\n"), "503 5.5.1 "));
  EXPECT_TRUE(starts(practice.say("DATA\r\n"), "503 5.5.1 "));
  EXPECT_TRUE(starts(practice.say("BDAT 3 LAST\r\nabc"), "503 5.5.1 "));
  EXPECT_TRUE(starts(practice.say("MAIL FROM:<a@example.org>\r\n"), "250 2.1.0 "));
  EXPECT_TRUE(starts(practice.say("MAIL FROM:<a@example.org>\r\n"), "503 5.5.1 "));
  EXPECT_TRUE(starts(practice.say("DATA\r\n"), "503 5.5.1 "));
  EXPECT_TRUE(starts(practice.say("AUTH LOGIN\r\n"), "503 5.5.1 "));
  EXPECT_TRUE(starts(practice.say("STARTTLS\r\n"), "503 5.5.1 "));
  EXPECT_TRUE(starts(practice.say("RSET\r\n"), "250 2.0.0 "));
  EXPECT_TRUE(starts(practice.say("RCPT TO:<a@example.org>\r\n"), "503 5.5.1 "));
  EXPECT_TRUE(practice.ledger.messages.empty());
}

TEST(Dialogue, MailNeedsTlsAndThenALogin) {
  Practice practice(Practice::usual_settings());
  greeted(practice);
  practice.say("EHLO client.example\r\n");
  EXPECT_TRUE(starts(practice.say("MAIL FROM:<a@example.org>\r\n"), "530 5.7.0 Must issue"));
  practice.say("STARTTLS\r\n");
  practice.say("EHLO client.example\r\n");
  EXPECT_TRUE(starts(practice.say("MAIL FROM:<a@example.org>\r\n"), "530 5.7.0 Authentication"));
  practice.say("AUTH PLAIN AGVycABzZWNyZXQ=\r\n");
  EXPECT_TRUE(starts(practice.say("MAIL FROM:<a@example.org>\r\n"), "250 2.1.0 "));
}

TEST(Dialogue, SmallCommandsHaveTheirAnswers) {
  Practice practice(Practice::usual_settings());
  greeted(practice);
  EXPECT_TRUE(starts(practice.say("NOOP\r\n"), "250 2.0.0 "));
  EXPECT_TRUE(starts(practice.say("VRFY anna\r\n"), "252 2.5.2 "));
  EXPECT_TRUE(starts(practice.say("EXPN all\r\n"), "502 5.5.1 "));
  EXPECT_TRUE(starts(practice.say("RSET\r\n"), "250 2.0.0 "));
  EXPECT_TRUE(starts(practice.say("WHAT\r\n"), "500 5.5.2 "));
}

TEST(Dialogue, HelpListsTheOrders) {
  Practice practice(Practice::usual_settings());
  greeted(practice);
  const std::string help = practice.say("HELP\r\n");
  EXPECT_TRUE(starts(help, "214-2.0.0 "));
  EXPECT_TRUE(holds(help, "drop-after-accept"));
  EXPECT_TRUE(holds(help, "\r\n214 2.0.0 "));
}

TEST(Dialogue, AWholePipelinedGroupIsAnsweredInOrder) {
  Practice practice(Practice::open_settings());
  greeted(practice);
  practice.say("EHLO client.example\r\n");
  EXPECT_EQ(practice.say("MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\n"
                         "RCPT TO:<refuse-550@example.org>\r\nRCPT TO:<c@example.org>\r\nDATA\r\n"),
            "250 2.1.0 Sender OK\r\n250 2.1.5 Recipient OK\r\n"
            "550 5.1.1 User unknown in virtual mailbox table\r\n250 2.1.5 Recipient OK\r\n"
            "354 Start mail input; end with <CRLF>.<CRLF>\r\n");
  EXPECT_TRUE(starts(practice.say("Hi\r\n.\r\nQUIT\r\n"), "250 2.6.0 <1-1@practice.example> "));
  ASSERT_EQ(practice.ledger.messages.size(), 1U);
  EXPECT_EQ(practice.ledger.messages[0].envelope.recipients.size(), 3U);
}

TEST(Dialogue, TenThousandPipelinedCommandsAreAllAnswered) {
  Practice practice(Practice::open_settings());
  greeted(practice);
  std::string commands;
  for (int i = 0; i < 10'000; ++i) {
    commands += "NOOP\r\n";
  }
  const std::string replies = practice.say(commands);
  EXPECT_EQ(replies.size(), 10'000 * std::string_view("250 2.0.0 OK\r\n").size());
}

TEST(Dialogue, PipeliningThatIsNotOfferedIsRefused) {
  Settings settings = Practice::open_settings();
  settings.offers.pipelining = false;
  Practice practice(std::move(settings));
  greeted(practice);
  EXPECT_TRUE(starts(practice.say("NOOP\r\nNOOP\r\n"), "503 5.5.0 Improper use"));
  EXPECT_TRUE(practice.ended());
}

TEST(Dialogue, ParametersOfExtensionsThatAreNotOfferedAreRefused) {
  Settings settings = Practice::open_settings();
  settings.offers = {};
  Practice practice(std::move(settings));
  greeted(practice);
  EXPECT_EQ(practice.say("EHLO c\r\n"), "250-practice.example Hello c\r\n250 STARTTLS\r\n");
  for (const char* parameter : {"SIZE=100", "BODY=8BITMIME", "SMTPUTF8", "RET=HDRS", "ENVID=x"}) {
    const std::string command = std::string("MAIL FROM:<a@example.org> ") + parameter + "\r\n";
    EXPECT_TRUE(starts(practice.say(command), "555 Unsupported option")) << parameter;
  }
  practice.say("MAIL FROM:<a@example.org>\r\n");
  EXPECT_TRUE(starts(practice.say("RCPT TO:<b@example.org> NOTIFY=NEVER\r\n"), "555 "));
  EXPECT_TRUE(starts(practice.say("RCPT TO:<b@example.org>\r\n"), "250 "));
  EXPECT_TRUE(starts(practice.say("BDAT 4 LAST\r\nQUIT"), "502 "));
  EXPECT_FALSE(practice.ended());
}

TEST(Dialogue, EnhancedCodesAreLeftOutWhereTheyAreNotOffered) {
  Settings settings = Practice::open_settings();
  settings.offers.enhanced_status_codes = false;
  Practice practice(std::move(settings));
  greeted(practice);
  EXPECT_EQ(practice.say("NOOP\r\n"), "250 OK\r\n");
}

TEST(Dialogue, AnAddressBeyondAsciiNeedsSmtputf8) {
  Practice practice(Practice::open_settings());
  greeted(practice);
  practice.say("EHLO client.example\r\n");
  EXPECT_TRUE(starts(practice.say("MAIL FROM:<j\xC3\xB6rg@example.org>\r\n"), "553 5.6.7 "));
  practice.say("MAIL FROM:<j\xC3\xB6rg@example.org> SMTPUTF8\r\n");
  EXPECT_TRUE(starts(practice.say("RCPT TO:<\xC3\xA5sa@example.org>\r\n"), "250 2.1.5 "));
}

TEST(Dialogue, RecipientsAreBounded) {
  Settings settings = Practice::open_settings();
  settings.most_recipients = 2;
  Practice practice(std::move(settings));
  greeted(practice);
  practice.begin("a@x b@x");
  EXPECT_TRUE(starts(practice.say("RCPT TO:<c@x>\r\n"), "452 4.5.3 "));
}

TEST(Dialogue, TooManyErrorsEndTheConnectionWith421) {
  Settings settings = Practice::usual_settings();
  settings.most_errors = 2;
  Practice practice(std::move(settings));
  greeted(practice);
  EXPECT_TRUE(starts(practice.say("X\r\n"), "500 "));
  EXPECT_TRUE(starts(practice.say("X\r\n"), "500 "));
  EXPECT_TRUE(starts(practice.say("X\r\n"), "421 4.7.0 "));
  EXPECT_TRUE(practice.ended());
}

TEST(Dialogue, AConnectionThatHasHadItsMessagesIsEndedAtMail) {
  Settings settings = Practice::open_settings();
  settings.most_messages = 1;
  Practice practice(std::move(settings));
  greeted(practice);
  practice.begin("a@x");
  practice.say("DATA\r\n");
  practice.say("Hi\r\n.\r\n");
  EXPECT_TRUE(starts(practice.say("MAIL FROM:<a@example.org>\r\n"), "421 4.7.0 "));
  EXPECT_TRUE(practice.ended());
}

TEST(Dialogue, ALineWithoutAnEndIsNotWaitedFor) {
  Practice practice(Practice::usual_settings());
  greeted(practice);
  EXPECT_TRUE(starts(practice.say(std::string(20'000, 'x')), "500 5.5.6 "));
  EXPECT_TRUE(practice.ended());
}

TEST(Dialogue, ACommandThatEndsWithABareLfIsRefused) {
  Practice practice(Practice::usual_settings());
  greeted(practice);
  EXPECT_TRUE(starts(practice.say("NOOP\n"), "500 5.5.2 "));
}

TEST(Dialogue, WhatIsNotSmtpIsSentAway) {
  Practice web(Practice::usual_settings());
  greeted(web);
  web.say("POST / HTTP/1.1\r\n");
  EXPECT_TRUE(web.ended());
  Practice tls(Practice::usual_settings());
  greeted(tls);
  tls.say(std::string_view("\x16\x03\x01\x02", 4));
  EXPECT_TRUE(tls.ended());
}

TEST(Dialogue, ABdatCommandWhoseChunkHasNoKnownEndClosesTheConnection) {
  Practice practice(Practice::open_settings());
  greeted(practice);
  practice.begin("a@x");
  EXPECT_TRUE(starts(practice.say("BDAT x LAST\r\nMAIL FROM:<evil@x>\r\n"), "501 "));
  EXPECT_TRUE(practice.ended());
  EXPECT_EQ(practice.ledger.senders.size(), 1U);
}

TEST(Dialogue, AStopEndsTheSession) {
  Practice practice(Practice::usual_settings());
  greeted(practice);
  practice.stop();
  practice.wait(std::chrono::seconds(1));
  EXPECT_EQ(practice.sessions(), 0U);
}

}  // namespace
}  // namespace truerelay::sandbox
