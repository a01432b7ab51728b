// MAIL is held back until the first recipient comes, and is never claimed to be accepted.

#include "tests/relay/mail_program.h"

namespace truerelay::relay {
namespace {

constexpr const char* kNoted =
    "250 2.1.0 Sender noted; the upstream's answer comes with the first recipient";

TEST(Sender, NothingReachesTheUpstreamBeforeTheFirstRecipient) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.say("MAIL FROM:<erp@example.org>"), kNoted);
  EXPECT_TRUE(scene.ledger.senders.empty());
  EXPECT_EQ(erp.say("RCPT TO:<a@example.net>"), "250 2.1.5 Recipient OK");
  EXPECT_EQ(scene.ledger.senders.size(), 1U);
}

TEST(Sender, GoesOutTogetherWithTheFirstRecipient) {
  Scene scene(staged_setup());
  MailProgram erp(scene);
  erp.introduce();
  erp.begin("a@example.net");
  ASSERT_EQ(scene.staged.flights.size(), 2U);
  EXPECT_EQ(scene.staged.flights[1], "MAIL FROM:<erp@example.org>\nRCPT TO:<a@example.net>\n");
}

TEST(Sender, TheUpstreamsRefusalIsTheAnswerToTheFirstRecipientAndToLaterOnes) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  const std::string refusal = "553 5.7.1 Sender address rejected: not owned by user";
  EXPECT_EQ(erp.begin("a@example.net", "refuse-553@example.org"), refusal);
  EXPECT_EQ(erp.say("RCPT TO:<b@example.net>"), refusal);
  EXPECT_EQ(erp.say("DATA"), "554 5.5.1 No recipient was accepted, so there is nobody to send to");
  EXPECT_TRUE(scene.ledger.recipients.empty());
  erp.say("RSET");
  EXPECT_EQ(scene.record().outcome, observe::Outcome::refused);
  EXPECT_EQ(scene.record().final_reply, refusal);
}

TEST(Sender, ARefusedOneIsForgottenWithTheTransaction) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  erp.begin("a@example.net", "refuse-553@example.org");
  erp.say("RSET");
  EXPECT_TRUE(starts(erp.deliver("a@example.net"), "250 2.6.0 "));
  EXPECT_EQ(scene.ledger.connections.size(), 1U);
}

TEST(Sender, EagerMailAsksTheUpstreamAtOnce) {
  Arrangement setup;
  setup.upstream.eager_mail = true;
  Scene scene(std::move(setup));
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.say("MAIL FROM:<erp@example.org>"), "250 2.1.0 Sender OK");
  EXPECT_EQ(scene.ledger.senders.size(), 1U);
  EXPECT_EQ(erp.say("RCPT TO:<a@example.net>"), "250 2.1.5 Recipient OK");
  EXPECT_EQ(scene.ledger.senders.size(), 1U);
}

TEST(Sender, EagerMailPassesARefusalOnAndLeavesNoTransaction) {
  Arrangement setup;
  setup.upstream.eager_mail = true;
  Scene scene(std::move(setup));
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.say("MAIL FROM:<refuse-550@example.org>"),
            "550 5.7.60 SMTP; Client does not have permissions to send as this sender");
  EXPECT_EQ(erp.say("RCPT TO:<a@example.net>"), "503 5.5.1 Send MAIL FROM first");
  EXPECT_TRUE(starts(erp.deliver("a@example.net"), "250 2.6.0 "));
}

TEST(Sender, EagerMailSaysTheRelaysOwnFailureAtOnce) {
  Arrangement setup = staged_setup();
  setup.upstream.eager_mail = true;
  Scene scene(std::move(setup));
  scene.network.stop_listening("mail.example", 587);
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_TRUE(starts(erp.say("MAIL FROM:<erp@example.org>"), "451-4.4.1 "));
}

TEST(Sender, ASecondMailWithoutAnEndOfTheFirstIsRefused) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  erp.say("MAIL FROM:<erp@example.org>");
  EXPECT_EQ(erp.say("MAIL FROM:<erp@example.org>"),
            "503 5.5.1 A transaction is open already; send RSET to drop it");
}

TEST(Sender, TheEmptyReversePathAndItsParametersArePassedOn) {
  Scene scene;
  scene.make_first_contact();
  MailProgram erp(scene);
  erp.introduce();
  erp.say("MAIL FROM:<> SIZE=120 BODY=8BITMIME RET=HDRS ENVID=invoice-4711");
  EXPECT_EQ(erp.say("RCPT TO:<a@example.net> NOTIFY=FAILURE"), "250 2.1.5 Recipient OK");
  erp.say("DATA");
  erp.send(std::string(kShortMessage) + ".\r\n");
  const smtp::Mail& mail = scene.message().envelope.mail;
  EXPECT_EQ(mail.reverse_path.text(), "");
  EXPECT_EQ(mail.size, 120U);
  EXPECT_EQ(mail.body, smtp::Body::eight_bit_mime);
  EXPECT_EQ(mail.ret, smtp::Return::headers);
  EXPECT_EQ(mail.envid, "invoice-4711");
}

}  // namespace
}  // namespace truerelay::relay
