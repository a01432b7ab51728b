// RCPT: what the client hears is what the upstream said, recipient by recipient (rules T1, T2).

#include "tests/relay/mail_program.h"

namespace truerelay::relay {
namespace {

TEST(Recipients, EachHearsTheUpstreamsOwnAnswer) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.begin("a@example.net"), "250 2.1.5 Recipient OK");
  EXPECT_EQ(erp.say("RCPT TO:<refuse-550@example.net>"),
            "550 5.1.1 User unknown in virtual mailbox table");
  EXPECT_EQ(erp.say("RCPT TO:<defer-452@example.net>"),
            "452 4.2.2 The recipient's inbox is out of storage space");
  EXPECT_EQ(erp.say("RCPT TO:<b@example.net>"), "250 2.1.5 Recipient OK");
  erp.say("DATA");
  EXPECT_TRUE(starts(erp.send(std::string(kShortMessage) + ".\r\n"), "250 2.6.0 "));

  const std::vector<sandbox::RecipientAnswer>& answers = scene.message().envelope.recipients;
  ASSERT_EQ(answers.size(), 4U);
  const std::vector<observe::RecipientRecord>& recorded = scene.record().recipients;
  ASSERT_EQ(recorded.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(recorded[i].address, answers[i].recipient.forward_path.text());
    EXPECT_EQ(recorded[i].reply, smtp::one_line(answers[i].reply));
  }
}

TEST(Recipients, ARefusalOfManyLinesKeepsEachOfThem) {
  Scene scene(staged_setup());
  const std::string refusal =
      "550-5.7.606 Access denied, banned sending IP [203.0.113.7].\n"
      "550-5.7.606 To request removal from this list please visit\n"
      "550-\n"
      "550 5.7.606 https://sender.example/";
  scene.staged.answer("RCPT", refusal);
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.begin("a@example.net"), refusal);
}

TEST(Recipients, ControlBytesInAReplyAreReplaced) {
  Scene scene(staged_setup());
  scene.staged.answer("RCPT", "550 5.1.1 No \x1b[31msuch\x07 user");
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.begin("a@example.net"), "550 5.1.1 No ?[31msuch? user");
}

TEST(Recipients, BeforeMailAreRefused) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.say("RCPT TO:<a@example.net>"), "503 5.5.1 Send MAIL FROM first");
  EXPECT_EQ(erp.say("DATA"), "503 5.5.1 Send MAIL FROM first");
}

TEST(Recipients, OneThatCostsEveryConnectionItsLifeFailsTheRestAndNothingIsSent) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  erp.begin("a@example.net");
  EXPECT_TRUE(
      starts(erp.say("RCPT TO:<drop@example.net>"), "451-4.4.2 The connection to upstream"));
  EXPECT_TRUE(starts(erp.say("RCPT TO:<b@example.net>"), "451-4.4.2 "));
  EXPECT_TRUE(starts(erp.say("DATA"), "451-4.4.2 "));
  erp.say("QUIT");
  EXPECT_TRUE(scene.ledger.messages.empty());
  EXPECT_EQ(scene.ledger.connections.size(), 3U) << "the warm one, and two fresh ones";
  EXPECT_EQ(scene.record().outcome, observe::Outcome::failed);
}

TEST(Recipients, AConnectionLostAtTheFirstOneIsTheRelaysFailureAndTheNextTransactionIsNew) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_TRUE(starts(erp.begin("drop@example.net"), "451-4.4.2 "));
  erp.say("RSET");
  EXPECT_EQ(scene.record().outcome, observe::Outcome::failed);
  EXPECT_TRUE(starts(erp.deliver("a@example.net"), "250 2.6.0 "));
}

TEST(Recipients, AnAnswerThatIsNeitherYesNorNoIsAProtocolViolation) {
  Scene scene(staged_setup());
  scene.staged.answer("RCPT", "354 Go on");
  MailProgram erp(scene);
  erp.introduce();
  const std::string reply = erp.begin("a@example.net");
  EXPECT_TRUE(starts(reply, "451-4.5.0 "));
  EXPECT_TRUE(holds(reply, "354 Go on"));
}

TEST(Recipients, AnAddressBeyondAsciiIsRefusedWhereTheUpstreamTakesNone) {
  Scene scene(staged_setup());
  MailProgram erp(scene);
  erp.introduce();
  erp.say("MAIL FROM:<erp@example.org> SMTPUTF8");
  EXPECT_TRUE(starts(erp.say("RCPT TO:<büro@example.net>"), "553-5.6.7 "));
  EXPECT_EQ(erp.say("RCPT TO:<office@example.net>"), "250 2.1.5 Recipient fine");
  EXPECT_TRUE(starts(erp.say("RCPT TO:<häuser@example.net>"), "553-5.6.7 "));
  EXPECT_FALSE(scene.staged.heard("\xc3"));
}

TEST(Recipients, ASenderBeyondAsciiIsRefusedWhereTheUpstreamTakesNone) {
  Scene scene(staged_setup());
  MailProgram erp(scene);
  erp.introduce();
  erp.say("MAIL FROM:<büro@example.org> SMTPUTF8");
  EXPECT_TRUE(starts(erp.say("RCPT TO:<office@example.net>"), "553-5.6.7 "));
  EXPECT_FALSE(scene.staged.heard("MAIL"));
}

TEST(Recipients, AnAddressBeyondAsciiReachesAnUpstreamThatTakesIt) {
  Scene scene;
  scene.make_first_contact();
  MailProgram erp(scene);
  erp.introduce();
  erp.say("MAIL FROM:<erp@example.org> SMTPUTF8");
  EXPECT_EQ(erp.say("RCPT TO:<büro@example.net>"), "250 2.1.5 Recipient OK");
  ASSERT_EQ(scene.ledger.recipients.size(), 1U);
  EXPECT_EQ(scene.ledger.recipients[0].recipient.forward_path.text(), "büro@example.net");
}

}  // namespace
}  // namespace truerelay::relay
