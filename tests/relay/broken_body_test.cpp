// What breaks between the 354 and the answer to the final dot (rules T3 to T6).

#include "tests/relay/mail_program.h"

namespace truerelay::relay {
namespace {

using Fate = sandbox::MemoryLedger::Fate;

// Many lines, so that a message does not come in one piece.
std::string long_text(std::size_t lines) {
  std::string text = "Subject: long\r\n\r\n";
  for (std::size_t i = 0; i < lines; ++i) {
    text += "This is line " + std::to_string(i) + " of a long message, and it says nothing.\r\n";
  }
  return text;
}

// Of what cannot be sent again nothing may be kept: how it is repaired is in repair_test.cpp.
Arrangement forgetful_setup() {
  Arrangement setup = staged_setup();
  setup.upstream.replay_buffer = 0;
  return setup;
}

TEST(BrokenBody, AnUpstreamConnectionLostInTheMiddleIs451AndNothingIsAccepted) {
  Scene scene(forgetful_setup());
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.begin_data("a@example.net"), "354 Go ahead");
  EXPECT_EQ(erp.send(long_text(100)), "");
  scene.staged.hang_up();
  EXPECT_EQ(erp.send("More.\r\n"), "") << "the client's turn ends with its dot";
  const std::string reply = erp.send("The end.\r\n.\r\n");
  EXPECT_TRUE(starts(reply, "451-4.4.2 The connection to upstream contoso"));
  EXPECT_TRUE(holds(reply, "Nothing was sent"));
  EXPECT_TRUE(scene.staged.bodies.empty());
  EXPECT_EQ(scene.record().outcome, observe::Outcome::failed);
  EXPECT_EQ(erp.deliver("a@example.net"), "250 2.0.0 Taken") << "the session goes on";
}

TEST(BrokenBody, WhatCannotBeSentAgainIsNotTriedAgain) {
  Scene scene(forgetful_setup());
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  erp.send(long_text(10));
  scene.staged.hang_up();
  erp.send("The end.\r\n.\r\n");
  EXPECT_EQ(scene.staged.connections, 1U);
}

TEST(BrokenBody, AnEarlyRefusalIsSaidInPlaceOfTheFinalReply) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("early-refuse-550@example.net");
  EXPECT_EQ(erp.send(long_text(1000)), "") << "the client's turn ends with its dot";
  EXPECT_EQ(erp.send(long_text(1000) + ".\r\n"),
            "550 5.7.1 Message rejected as spam by content filtering");
  EXPECT_EQ(scene.record().outcome, observe::Outcome::refused);
  EXPECT_EQ(scene.message().fate, Fate::refused);
  EXPECT_TRUE(starts(erp.deliver("a@example.net"), "250 2.6.0 "));
}

TEST(BrokenBody, AnEarlyRefusalWithTheEndOfTheConnectionIsStillHeard) {
  Scene scene(staged_setup());
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  erp.send(long_text(10));
  scene.staged.blurt("552 5.3.4 Too large for us");
  scene.pass(1s);
  scene.staged.hang_up();
  EXPECT_EQ(erp.send("The end.\r\n.\r\n"), "552 5.3.4 Too large for us");
}

TEST(BrokenBody, AClientThatGoesOnForTooLongBehindAnEarlyRefusalHearsItAndIsCutOff) {
  Scene scene(staged_setup());
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  erp.send(long_text(10));
  scene.staged.blurt("552 5.3.4 Too large for us");
  const std::string part = long_text(15'000);  // About a MiB.
  std::size_t sent = 0;
  std::string heard;
  while (heard.empty() && sent < 80ULL * 1024 * 1024) {
    heard = erp.send(part);
    sent += part.size();
  }
  EXPECT_EQ(heard, "552 5.3.4 Too large for us");
  EXPECT_GE(sent, 64ULL * 1024 * 1024);
  EXPECT_TRUE(erp.cut_off());
}

// The upstream never got the dot, so it cannot have the whole message, whatever it says.
TEST(BrokenBody, AnAcceptanceBeforeTheEndIsNeverPassedOn) {
  for (const bool dot_comes_alone : {true, false}) {
    Scene scene(staged_setup());
    MailProgram erp(scene);
    erp.introduce();
    erp.begin_data("a@example.net");
    erp.send(long_text(10));
    scene.staged.blurt("250 2.0.0 Taken, I would say");
    scene.pass(1s);
    if (dot_comes_alone) {
      EXPECT_EQ(erp.send("The end.\r\n"), "");
    }
    EXPECT_TRUE(starts(erp.send("The end.\r\n.\r\n"), "451-4.5.0 "));
    EXPECT_EQ(scene.record().outcome, observe::Outcome::failed);
    EXPECT_TRUE(scene.staged.bodies.empty());
  }
}

TEST(BrokenBody, AFinalReplyThatIsLostLeavesTheOutcomeInDoubtAndOnRecord) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  const std::string reply = erp.deliver("drop-after-accept@example.net");
  EXPECT_TRUE(starts(reply, "451-4.4.2 Outcome unknown: upstream contoso (mail.example:587)"));
  EXPECT_TRUE(holds(reply, "may or may not have been accepted"));
  EXPECT_FALSE(holds(reply, "Nothing was sent"));
  EXPECT_EQ(scene.record().outcome, observe::Outcome::in_doubt);
  EXPECT_TRUE(starts(scene.record().final_reply, "451 4.4.2 Outcome unknown"));
  EXPECT_EQ(scene.message().fate, Fate::accepted);
}

TEST(BrokenBody, AFinalReplyThatNeverCameIsInDoubtAsWellForTheRelayCannotKnow) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_TRUE(starts(erp.deliver("drop-data@example.net"), "451-4.4.2 Outcome unknown"));
  EXPECT_EQ(scene.record().outcome, observe::Outcome::in_doubt);
  EXPECT_EQ(scene.message().fate, Fate::abandoned);
}

TEST(BrokenBody, AMessageInDoubtIsNeverSentAgain) {
  Scene scene(staged_setup());
  scene.staged.hang_up_once_at(".");
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_TRUE(starts(erp.deliver("a@example.net"), "451-4.4.2 Outcome unknown"));
  scene.pass(1h);
  EXPECT_EQ(scene.staged.bodies.size(), 1U);
}

TEST(BrokenBody, AnIntermediateAnswerToTheFinalDotIsADoubt) {
  Scene scene(staged_setup());
  scene.staged.answer(".", "354 More");
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_TRUE(starts(erp.deliver("a@example.net"), "451-4.4.2 Outcome unknown"));
  EXPECT_EQ(scene.record().outcome, observe::Outcome::in_doubt);
}

TEST(BrokenBody, AClientThatBreaksOffBeforeItsDotHasSentNothing) {
  Scene scene(data_setup());
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  erp.send(long_text(100));
  erp.hang_up();
  EXPECT_EQ(scene.message().fate, Fate::abandoned);
  EXPECT_EQ(scene.record().outcome, observe::Outcome::abandoned);
  EXPECT_FALSE(scene.record().client_heard);
  EXPECT_EQ(scene.sessions(), 0U);
}

TEST(BrokenBody, AClientWhoseStreamEndsBeforeItsDotHasSentNothingThoughItMayStillListen) {
  Scene scene(data_setup());
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  erp.send(long_text(100) + ".\r");
  erp.send_no_more();
  const std::string reply = erp.hear(5s);
  EXPECT_EQ(scene.message().fate, Fate::abandoned);
  EXPECT_EQ(scene.record().outcome, observe::Outcome::abandoned);
  EXPECT_FALSE(starts(reply, "2"));
}

TEST(BrokenBody, AnAbandonedMessageIsNotBlamedOnAStopOfTheService) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  erp.hang_up();
  EXPECT_FALSE(holds(scene.record().final_reply, "being stopped"));
}

TEST(BrokenBody, WhenAClientLeavesAfterItsDotTheOutcomeIsOnRecordAllTheSame) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("slow-data-20s@example.net");
  erp.send(std::string(kShortMessage) + ".\r\n");
  erp.hang_up();
  scene.pass(30s);
  EXPECT_EQ(scene.message().fate, Fate::accepted);
  EXPECT_EQ(scene.record().outcome, observe::Outcome::accepted);
  EXPECT_TRUE(starts(scene.record().final_reply, "250 2.6.0 "));
}

TEST(BrokenBody, AClientThatLeavesAfterItsRecipientsHasSentNothing) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  erp.begin("a@example.net");
  erp.hang_up();
  EXPECT_TRUE(scene.ledger.messages.empty());
  EXPECT_EQ(scene.record().outcome, observe::Outcome::abandoned);
  ASSERT_EQ(scene.records.sessions.size(), 1U);
  EXPECT_EQ(scene.records.sessions[0].reason, "the client left in the middle of a transaction");
}

}  // namespace
}  // namespace truerelay::relay
