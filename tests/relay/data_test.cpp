// DATA and the final dot, where nothing breaks (rules T1, T2).

#include "tests/relay/mail_program.h"

namespace truerelay::relay {
namespace {

TEST(Data, WithoutAnAcceptedRecipientIsRefused) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  erp.begin("refuse-550@example.net");
  EXPECT_EQ(erp.say("DATA"), "554 5.5.1 No recipient was accepted, so there is nobody to send to");
  EXPECT_TRUE(scene.ledger.messages.empty());
}

TEST(Data, TheUpstreamsRefusalIsPassedOnAndTheSessionGoesOn) {
  Scene scene(staged_setup());
  scene.staged.answer("DATA", "554-5.7.1 First line\n554 5.7.1 Second line");
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.begin_data("a@example.net"), "554-5.7.1 First line\n554 5.7.1 Second line");
  EXPECT_EQ(scene.record().outcome, observe::Outcome::refused);
  scene.staged.answer("DATA", "354 Go ahead");
  EXPECT_EQ(erp.deliver("a@example.net"), "250 2.0.0 Taken");
  EXPECT_EQ(scene.staged.connections, 1U);
}

TEST(Data, AnAcceptanceInsteadOfAGoAheadIsAProtocolViolation) {
  Scene scene(staged_setup());
  scene.staged.answer("DATA", "250 2.0.0 Whatever");
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_TRUE(starts(erp.begin_data("a@example.net"), "451-4.5.0 "));
  EXPECT_EQ(scene.record().outcome, observe::Outcome::failed);
}

TEST(Data, TheUpstreamsAcceptanceIsPassedOnAndRecorded) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_TRUE(starts(erp.begin_data("a@example.net"), "354 "));
  EXPECT_EQ(erp.send(std::string(kShortMessage) + ".\r\n"),
            "250 2.6.0 <1-1@mail.example> Queued mail for delivery");
  EXPECT_EQ(scene.message().fate, sandbox::MemoryLedger::Fate::accepted);
  EXPECT_EQ(scene.message().body, kShortMessage);
  const observe::MessageRecord& record = scene.record();
  EXPECT_EQ(record.outcome, observe::Outcome::accepted);
  EXPECT_EQ(record.final_reply, "250 2.6.0 <1-1@mail.example> Queued mail for delivery");
  EXPECT_TRUE(record.client_heard);
  EXPECT_EQ(record.size, kShortMessage.size());
  EXPECT_EQ(record.sender, "erp@example.org");
  EXPECT_EQ(record.user, "erp@example.org");
  EXPECT_EQ(record.upstream, "contoso");
  EXPECT_EQ(record.listener, "erp");
  EXPECT_EQ(record.session, "s-1");
  EXPECT_EQ(record.number, 1U);
}

TEST(Data, EveryLineOfTheFinalReplyIsPassedOn) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(
      erp.deliver("refuse-data-554@example.net"),
      "554-5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied;\n"
      "554-5.2.0 Failed to process message due to a permanent exception with message\n"
      "554-5.2.0 Cannot submit message. 0.35250:0A00F386, 1.36674:0A000000, 1.61250:00000000,\n"
      "554-5.2.0 16.55847:B4040000, 17.43559:0000000000000000, 20.52176:140FA2890A00F010\n"
      "554 5.2.0 [Hostname=sandbox]");
  EXPECT_EQ(scene.record().outcome, observe::Outcome::refused);
}

TEST(Data, AThrottlingAnswerThatOutlastsPatienceIsARefusalAndNoDoubt) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("throttle@example.net");
  EXPECT_EQ(erp.send(std::string(kShortMessage) + ".\r\n", 40s),
            "432 4.3.2 Concurrent connections limit exceeded [Hostname=sandbox]");
  EXPECT_EQ(scene.record().outcome, observe::Outcome::refused);
  ASSERT_FALSE(scene.ledger.messages.empty());
  for (const sandbox::MemoryLedger::Message& attempt : scene.ledger.messages) {
    EXPECT_EQ(attempt.fate, sandbox::MemoryLedger::Fate::refused);
  }
}

TEST(Data, AFinal421IsPassedOnAndEndsTheSession) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.deliver("defer-data-421@example.net"),
            "421 4.3.2 Service not available, closing transmission channel");
  EXPECT_TRUE(erp.hear(5s).empty());
  EXPECT_TRUE(erp.cut_off());
  EXPECT_EQ(scene.record().outcome, observe::Outcome::refused);
}

TEST(Data, LinesThatBeginWithADotArriveAsTheyWereMeant) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  erp.send("Subject: dots\r\n\r\n..one\r\n...two\r\n\r\n..\r\n.\r\n");
  EXPECT_EQ(scene.message().body, "Subject: dots\r\n\r\n.one\r\n..two\r\n\r\n.\r\n");
}

TEST(Data, BareLineEndsBecomeCrlfUnlessTheListenerRejectsThem) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  EXPECT_TRUE(starts(erp.send("Subject: old\n\nText\n\r\n.\r\n"), "250 2.6.0 "));
  EXPECT_EQ(scene.message().body, "Subject: old\r\n\r\nText\r\n\r\n");

  Arrangement strict = data_setup();
  strict.listener.line_ends = smtp::LineEnds::reject;
  Scene strict_scene(std::move(strict));
  MailProgram other(strict_scene);
  other.introduce();
  other.begin_data("a@example.net");
  EXPECT_TRUE(starts(other.send("Subject: old\n\nText\n\r\n.\r\n"), "554 5.6.0 "));
  EXPECT_EQ(strict_scene.message().fate, sandbox::MemoryLedger::Fate::abandoned);
  EXPECT_TRUE(starts(other.deliver("a@example.net"), "250 2.6.0 "));
}

TEST(Data, AnEmptyMessageIsAMessage) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  EXPECT_TRUE(starts(erp.send(".\r\n"), "250 2.6.0 "));
  EXPECT_EQ(scene.message().content.size, 0U);
}

}  // namespace
}  // namespace truerelay::relay
