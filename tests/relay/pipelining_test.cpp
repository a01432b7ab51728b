// Clients that do not wait for answers (RFC 2920).

#include <algorithm>

#include "tests/relay/mail_program.h"

namespace truerelay::relay {
namespace {

TEST(Pipelining, AWholeSessionInOneWriteGetsAllItsRepliesInOrder) {
  Scene scene(data_setup());
  scene.make_first_contact();
  MailProgram erp(scene);
  EXPECT_EQ(erp.send("EHLO erp.example\r\n"
                     "MAIL FROM:<erp@example.org>\r\n"
                     "RCPT TO:<a@example.net>\r\n"
                     "RCPT TO:<refuse-550@example.net>\r\n"
                     "DATA\r\n" +
                     std::string(kShortMessage) +
                     ".\r\n"
                     "MAIL FROM:<erp@example.org>\r\n"
                     "RCPT TO:<refuse-data-550@example.net>\r\n"
                     "DATA\r\n" +
                     std::string(kShortMessage) + ".\r\nQUIT\r\n"),
            "220 relay.example ESMTP truerelay\n"
            "250-relay.example greets erp.example\n"
            "250-SIZE 36700160\n"
            "250-PIPELINING\n"
            "250-8BITMIME\n"
            "250-SMTPUTF8\n"
            "250-DSN\n"
            "250 ENHANCEDSTATUSCODES\n"
            "250 2.1.0 Sender noted; the upstream's answer comes with the first recipient\n"
            "250 2.1.5 Recipient OK\n"
            "550 5.1.1 User unknown in virtual mailbox table\n"
            "354 Start mail input; end with <CRLF>.<CRLF>\n"
            "250 2.6.0 <1-1@mail.example> Queued mail for delivery\n"
            "250 2.1.0 Sender noted; the upstream's answer comes with the first recipient\n"
            "250 2.1.5 Recipient OK\n"
            "354 Start mail input; end with <CRLF>.<CRLF>\n"
            "550 5.7.1 Message rejected as spam by content filtering\n"
            "221 2.0.0 relay.example closes the connection");
}

TEST(Pipelining, TheRepliesToOneWriteLeaveInOneWriteAsFarAsNobodyIsWaitedFor) {
  Scene scene(staged_setup());
  MailProgram erp(scene);
  erp.introduce();
  const std::size_t before = scene.meter.writes;
  const std::string replies =
      erp.send("NOOP\r\nNOOP\r\nVRFY x\r\nRSET\r\nMAIL FROM:<erp@example.org>\r\n");
  EXPECT_EQ(std::ranges::count(replies, '\n'), 4);
  EXPECT_EQ(scene.meter.writes - before, 1U);
}

TEST(Pipelining, AnEnvelopeInOneWriteIsAnsweredInOneWriteUpToThe354) {
  Scene scene(staged_setup());
  MailProgram erp(scene);
  erp.introduce();
  const std::size_t before = scene.meter.writes;
  EXPECT_TRUE(erp.send("MAIL FROM:<erp@example.org>\r\n"
                       "RCPT TO:<a@example.net>\r\n"
                       "RCPT TO:<b@example.net>\r\n"
                       "DATA\r\n")
                  .ends_with("354 Go ahead"));
  EXPECT_EQ(scene.meter.writes - before, 1U);
}

TEST(Pipelining, TheDataOfARefusedTransactionIsNotWaitedFor) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  const std::string replies = erp.send(
      "MAIL FROM:<erp@example.org>\r\n"
      "RCPT TO:<refuse-550@example.net>\r\n"
      "DATA\r\n"
      "RSET\r\n"
      "NOOP\r\n");
  EXPECT_TRUE(
      replies.ends_with("550 5.1.1 User unknown in virtual mailbox table\n"
                        "554 5.5.1 No recipient was accepted, so there is nobody to send to\n"
                        "250 2.0.0 Forgotten\n"
                        "250 2.0.0 OK"));
}

TEST(Pipelining, TheSameSessionByteByByteGetsTheSameReplies) {
  Scene scene;
  scene.network.set_plan([](const io::Endpoint&, std::uint64_t, simulation::Random&) {
    simulation::Attempt attempt;
    for (simulation::Conditions::Way* way :
         {&attempt.conditions.to_server, &attempt.conditions.to_client}) {
      way->smallest_piece = 1;
      way->largest_piece = 1;
    }
    return attempt;
  });
  MailProgram erp(scene);
  const std::string replies = erp.send(
      "EHLO erp.example\r\nMAIL FROM:<erp@example.org>\r\nRCPT TO:<a@example.net>\r\nDATA\r\n"
      "Subject: x\r\n\r\n..dot\r\n.\r\nQUIT\r\n",
      30s);
  EXPECT_TRUE(holds(replies, "\n250 2.6.0 <1-1@mail.example> Queued mail for delivery\n221 "));
  EXPECT_EQ(scene.message().body, "Subject: x\r\n\r\n.dot\r\n");
}

TEST(Pipelining, TenThousandCommandsInOneWriteAreAnsweredOneByOne) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  std::string noops;
  for (int i = 0; i < 10'000; ++i) {
    noops += "NOOP\r\n";
  }
  const std::string replies = erp.send(noops, 10s);
  EXPECT_EQ(std::ranges::count(replies, '\n') + 1, 10'000);
  EXPECT_EQ(erp.say("NOOP"), "250 2.0.0 OK");
}

TEST(Pipelining, ThousandsOfTransactionsInOneWriteAreAllAnswered) {
  Scene scene(staged_setup());
  MailProgram erp(scene);
  erp.introduce();
  std::string all;
  for (int i = 0; i < 1000; ++i) {
    all += "MAIL FROM:<erp@example.org>\r\nRCPT TO:<a@example.net>\r\nDATA\r\nText\r\n.\r\n";
  }
  const std::string replies = erp.send(all, 1min);
  EXPECT_EQ(std::ranges::count(replies, '\n') + 1, 4000);
  EXPECT_EQ(scene.staged.bodies.size(), 1000U);
  EXPECT_EQ(scene.records.messages.size(), 1000U);
}

}  // namespace
}  // namespace truerelay::relay
