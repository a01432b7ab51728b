// 421 and closed connections: where nobody was told anything yet they are repaired, else passed on
// (rule T4, RFC 5321 section 3.8).

#include "tests/relay/mail_program.h"

namespace truerelay::relay {
namespace {

TEST(Farewell, A421ToTheFirstRecipientOnEveryConnectionIsPassedOnAndEndsTheSession) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.begin("defer-421@example.net"), "421 4.7.0 Try again later, closing connection.");
  EXPECT_TRUE(erp.hear(5s).empty());
  EXPECT_TRUE(erp.cut_off());
}

TEST(Farewell, A421ToMailOnTwoFreshConnectionsIsPassedOnAndEndsTheSession) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.begin("a@example.net", "defer-421@example.org"),
            "421 4.7.0 Try again later, closing connection.");
  EXPECT_TRUE(erp.hear(5s).empty());
  EXPECT_TRUE(erp.cut_off());
  EXPECT_EQ(scene.ledger.connections.size(), 3U) << "the warm one first";
}

TEST(Farewell, A421ToMailIsPassedOnAtOnceAlthoughTheUpstreamIsSlowToClose) {
  Scene scene(staged_setup());
  scene.staged.answer("MAIL", "421 4.3.2 Closing");
  scene.staged.fall_silent_at("RCPT");
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.begin("a@example.net"), "421 4.3.2 Closing");
}

TEST(Farewell, A421AfterAnAcceptedRecipientIsPassedOnAndNothingIsSent) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  erp.begin("a@example.net");
  EXPECT_TRUE(starts(erp.say("RCPT TO:<defer-421@example.net>"), "421 4.7.0 "));
  EXPECT_TRUE(erp.hear(5s).empty());
  EXPECT_TRUE(erp.cut_off());
  EXPECT_TRUE(scene.ledger.messages.empty());
}

TEST(Farewell, A421OnAnIdleConnectionIsRepairedWithoutTheClientsNotice) {
  Scene scene(staged_setup());
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.deliver("a@example.net"), "250 2.0.0 Taken");
  scene.staged.blurt("421 4.4.2 Idle for too long");
  scene.pass(1s);
  scene.staged.hang_up();
  EXPECT_EQ(erp.deliver("b@example.net"), "250 2.0.0 Taken");
  EXPECT_EQ(scene.staged.connections, 2U);
  EXPECT_EQ(scene.staged.bodies.size(), 2U);
}

TEST(Farewell, TheEndOfAnIdleConnectionIsRepairedWithoutTheClientsNotice) {
  Scene scene(staged_setup());
  MailProgram erp(scene);
  erp.introduce();
  erp.deliver("a@example.net");
  scene.staged.hang_up();
  scene.pass(10s);
  EXPECT_EQ(erp.deliver("b@example.net"), "250 2.0.0 Taken");
  EXPECT_EQ(scene.staged.connections, 2U);
}

TEST(Farewell, A421ToMailOnAConnectionThatWasUsedBeforeIsRepaired) {
  Arrangement setup;
  setup.practice.most_messages = 1;
  Scene scene(std::move(setup));
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_TRUE(starts(erp.deliver("a@example.net"), "250 2.6.0 <1-1@"));
  EXPECT_TRUE(starts(erp.deliver("b@example.net"), "250 2.6.0 <2-1@"));
  EXPECT_TRUE(starts(erp.deliver("c@example.net"), "250 2.6.0 <3-1@"));
  EXPECT_FALSE(erp.cut_off());
}

TEST(Farewell, AConnectionUsedBeforeThatBreaksAtTheFirstRecipientIsRepaired) {
  Scene scene(staged_setup());
  MailProgram erp(scene);
  erp.introduce();
  erp.deliver("a@example.net");
  scene.staged.hang_up_once_at("RCPT TO:<b@example.net>");
  EXPECT_EQ(erp.deliver("b@example.net"), "250 2.0.0 Taken");
  EXPECT_EQ(scene.staged.connections, 2U);
}

TEST(Farewell, TheRepairIsTriedOnTwoFreshConnectionsAndNoMore) {
  Scene scene(staged_setup());
  MailProgram erp(scene);
  erp.introduce();
  erp.deliver("a@example.net");
  scene.staged.hang_up_at("RCPT TO:<b@example.net>");
  EXPECT_TRUE(starts(erp.begin("b@example.net"), "451-4.4.2 "));
  EXPECT_EQ(scene.staged.connections, 3U);
}

TEST(Farewell, AReplyThatNobodyAskedForNeverAnswersALaterCommand) {
  Scene scene(staged_setup());
  MailProgram erp(scene);
  erp.introduce();
  erp.deliver("a@example.net");
  scene.staged.blurt("250 2.0.0 Surprise");
  scene.pass(1s);
  scene.staged.answer("RCPT", "550 5.1.1 Unknown");
  EXPECT_EQ(erp.begin("b@example.net"), "550 5.1.1 Unknown");
  EXPECT_EQ(scene.staged.connections, 2U);
}

TEST(Farewell, AfterQuitTheConnectionIsClosedWithoutWaitingForTheClient) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.say("QUIT", 100ms), "221 2.0.0 relay.example closes the connection");
  EXPECT_TRUE(erp.cut_off());
  EXPECT_EQ(scene.sessions(), 0U);
}

TEST(Farewell, BytesBehindQuitDoNotTakeTheGoodbyeAway) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.send("QUIT\r\nNOOP\r\n", 100ms), "221 2.0.0 relay.example closes the connection");
  EXPECT_EQ(scene.sessions(), 1U) << "the end of what the client sends is awaited";
}

}  // namespace
}  // namespace truerelay::relay
