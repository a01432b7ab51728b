// Several transactions on one upstream connection.

#include "tests/relay/mail_program.h"

namespace truerelay::relay {
namespace {

using Flights = std::vector<std::string>;

TEST(Reuse, TheNextMessageGoesOverTheSameConnectionWithoutASecondLogin) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.deliver("a@example.net"), "250 2.6.0 <1-1@mail.example> Queued mail for delivery");
  EXPECT_EQ(erp.deliver("b@example.net"), "250 2.6.0 <1-2@mail.example> Queued mail for delivery");
  EXPECT_EQ(scene.ledger.connections.size(), 1U);
  EXPECT_EQ(scene.ledger.logins.size(), 1U);
  ASSERT_EQ(scene.records.messages.size(), 2U);
  EXPECT_EQ(scene.records.messages[1].number, 2U);
}

TEST(Reuse, AfterACompletedTransactionNoResetIsSent) {
  Scene scene(staged_setup());
  MailProgram erp(scene);
  erp.introduce();
  erp.deliver("a@example.net");
  erp.deliver("b@example.net");
  EXPECT_FALSE(scene.staged.heard("RSET"));
}

TEST(Reuse, AResetReachesTheUpstreamInTheSameFlightAsTheNextTransaction) {
  Scene scene(staged_setup());
  MailProgram erp(scene);
  erp.introduce();
  erp.begin("a@example.net");
  EXPECT_EQ(erp.say("RSET", 500ms), "250 2.0.0 Forgotten");
  EXPECT_FALSE(scene.staged.heard("RSET"));
  EXPECT_TRUE(erp.send("MAIL FROM:<erp@example.org>\r\nRCPT TO:<b@example.net>\r\n")
                  .ends_with("250 2.1.5 Recipient fine"));
  EXPECT_EQ(
      scene.staged.flights,
      (Flights{"EHLO relay.example\n", "MAIL FROM:<erp@example.org>\nRCPT TO:<a@example.net>\n",
               "RSET\nMAIL FROM:<erp@example.org>\nRCPT TO:<b@example.net>\n"}));
  EXPECT_EQ(scene.staged.connections, 1U);
}

TEST(Reuse, WithoutPipeliningEachCommandWaitsForItsAnswer) {
  Scene scene(staged_setup());
  scene.staged.offer("8BITMIME");
  MailProgram erp(scene);
  erp.introduce();
  erp.begin("a@example.net");
  erp.say("RSET");
  EXPECT_EQ(erp.begin("b@example.net"), "250 2.1.5 Recipient fine");
  EXPECT_EQ(
      scene.staged.flights,
      (Flights{"EHLO relay.example\n", "MAIL FROM:<erp@example.org>\n", "RCPT TO:<a@example.net>\n",
               "RSET\n", "MAIL FROM:<erp@example.org>\n", "RCPT TO:<b@example.net>\n"}));
}

TEST(Reuse, WithoutPipeliningARefusedSenderSparesTheRecipient) {
  Scene scene(staged_setup());
  scene.staged.offer("8BITMIME");
  scene.staged.answer("MAIL", "550 5.7.1 Not you");
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.begin("a@example.net"), "550 5.7.1 Not you");
  EXPECT_FALSE(scene.staged.heard("RCPT"));
}

TEST(Reuse, AStrictUpstreamWithoutPipeliningNeverSeesAny) {
  Arrangement setup;
  setup.practice.offers.pipelining = false;
  Scene scene(std::move(setup));
  MailProgram erp(scene);
  erp.introduce();
  erp.begin("a@example.net");
  erp.say("RSET");
  EXPECT_TRUE(starts(erp.deliver("b@example.net"), "250 2.6.0 "));
  EXPECT_TRUE(starts(erp.deliver("c@example.net"), "250 2.6.0 "));
  EXPECT_EQ(scene.ledger.connections.size(), 1U);
}

TEST(Reuse, AnUpstreamThatDoesNotForgetIsLeftForANewConnection) {
  Scene scene(staged_setup());
  scene.staged.answer("RSET", "502 5.5.1 No");
  MailProgram erp(scene);
  erp.introduce();
  erp.begin("a@example.net");
  erp.say("RSET");
  EXPECT_EQ(erp.deliver("b@example.net"), "250 2.0.0 Taken");
  EXPECT_EQ(scene.staged.connections, 2U);
}

TEST(Reuse, TheSessionLeavesTheConnectionToOthersUntilItIsIdleForTooLong) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  erp.deliver("a@example.net");
  EXPECT_EQ(erp.say("QUIT", 10s), "221 2.0.0 relay.example closes the connection");
  EXPECT_TRUE(erp.cut_off());
  EXPECT_TRUE(scene.ledger.endings.empty());
  scene.pass(1min);
  ASSERT_EQ(scene.ledger.endings.size(), 1U);
  EXPECT_EQ(scene.ledger.endings[0], "QUIT");
  EXPECT_TRUE(scene.records.sessions.empty());
}

}  // namespace
}  // namespace truerelay::relay
