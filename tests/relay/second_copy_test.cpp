// A client that left after its final dot sends the same message again (rule T7).

#include <algorithm>

#include "tests/relay/mail_program.h"

namespace truerelay::relay {
namespace {

using Fate = sandbox::MemoryLedger::Fate;

constexpr const char* kSlow = "slow-data-20s@example.net";
constexpr const char* kFirstTaken = "250 2.6.0 <1-1@mail.example> Queued mail for delivery";
const std::string kMessage = std::string(kShortMessage) + ".\r\n";

// A message whose client leaves right after its dot.
void send_and_leave(Scene& scene, std::string_view recipient, const std::string& message) {
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data(recipient);
  erp.send(message, 1s);
}

std::string send_and_stay(Scene& scene, std::string_view recipient, const std::string& message,
                          io::Duration patience = 30s) {
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data(recipient);
  const std::string reply = erp.send(message, patience);
  erp.say("QUIT");
  return reply;
}

std::ptrdiff_t accepted(const Scene& scene) {
  return std::ranges::count(scene.ledger.messages, Fate::accepted,
                            &sandbox::MemoryLedger::Message::fate);
}

TEST(SecondCopy, GetsTheRecordedAcceptanceAndIsNotSentTwice) {
  Scene scene;
  send_and_leave(scene, kSlow, kMessage);
  scene.pass(25s);
  EXPECT_EQ(accepted(scene), 1);
  EXPECT_EQ(send_and_stay(scene, kSlow, kMessage, 1s), kFirstTaken) << "at once";
  EXPECT_EQ(accepted(scene), 1);
  ASSERT_EQ(scene.records.messages.size(), 2U);
  EXPECT_FALSE(scene.records.messages[0].duplicate);
  EXPECT_FALSE(scene.records.messages[0].client_heard);
  EXPECT_TRUE(scene.records.messages[1].duplicate);
  EXPECT_TRUE(scene.records.messages[1].client_heard);
  EXPECT_EQ(scene.records.messages[1].outcome, observe::Outcome::accepted);
}

TEST(SecondCopy, OnPurposeIsSentWhereTheClientThatSentOnGoesOn) {
  Scene scene;
  {
    MailProgram erp(scene);
    erp.introduce();
    erp.begin_data("a@example.net");
    EXPECT_TRUE(starts(erp.send(kMessage + "RSET\r\n"), "250 2.6.0 "));
    erp.say("NOOP");
    erp.hang_up();
  }
  EXPECT_TRUE(starts(send_and_stay(scene, "a@example.net", kMessage), "250 2.6.0 <1-2@"));
  EXPECT_EQ(accepted(scene), 2);
}

TEST(SecondCopy, WaitsWhileTheFirstStillAwaitsItsAnswer) {
  Scene scene;
  send_and_leave(scene, kSlow, kMessage);
  MailProgram again(scene);
  again.introduce();
  again.begin_data(kSlow);
  EXPECT_EQ(again.send(kMessage, 5s), "");
  EXPECT_EQ(again.hear(15s), kFirstTaken);
  EXPECT_EQ(accepted(scene), 1);
}

TEST(SecondCopy, IsSentWhenTheFirstIsNotKnownToBeAccepted) {
  Scene scene(staged_setup());
  scene.staged.on_connection(1).fall_silent_at(".");
  send_and_leave(scene, "a@example.net", kMessage);
  MailProgram again(scene);
  again.introduce();
  again.begin_data("a@example.net");
  EXPECT_EQ(again.send(kMessage, 1s), "");
  scene.staged.hang_up(1);
  EXPECT_EQ(again.hear(), "250 2.0.0 Taken") << "the first is in doubt, which is not accepted";
  EXPECT_EQ(scene.staged.bodies.size(), 2U);
}

TEST(SecondCopy, WithOtherContentOrOtherRecipientsIsAMessageOfItsOwn) {
  Scene scene;
  send_and_leave(scene, kSlow, kMessage);
  scene.pass(25s);
  EXPECT_NE(send_and_stay(scene, kSlow, "Subject: invoice 4712\r\n\r\nReleased.\r\n.\r\n"),
            kFirstTaken);
  EXPECT_NE(send_and_stay(scene, "slow-data-19s@example.net", kMessage), kFirstTaken);
  EXPECT_EQ(accepted(scene), 3);
}

TEST(SecondCopy, WithOneRecipientMoreIsAMessageOfItsOwn) {
  Scene scene;
  send_and_leave(scene, kSlow, kMessage);
  scene.pass(25s);
  MailProgram erp(scene);
  erp.introduce();
  erp.begin("b@example.net");
  erp.say(std::string("RCPT TO:<") + kSlow + ">");
  erp.say("DATA");
  EXPECT_NE(erp.send(kMessage, 30s), kFirstTaken);
  EXPECT_EQ(accepted(scene), 2);
}

TEST(SecondCopy, IsSentAgainWhereTheClientHeardTheFirstAcceptance) {
  for (const char* next : {"QUIT", "NOOP", "MAIL FROM:<erp@example.org>"}) {
    Scene scene;
    {
      MailProgram erp(scene);
      erp.introduce();
      EXPECT_EQ(erp.deliver("a@example.net"), kFirstTaken);
      erp.say(next);
    }
    EXPECT_NE(send_and_stay(scene, "a@example.net", kMessage), kFirstTaken) << next;
    EXPECT_EQ(accepted(scene), 2) << next;
  }
}

TEST(SecondCopy, AThirdIsANewMessageBecauseTheSecondWasHeard) {
  Scene scene;
  send_and_leave(scene, kSlow, kMessage);
  scene.pass(25s);
  EXPECT_EQ(send_and_stay(scene, kSlow, kMessage), kFirstTaken);
  EXPECT_NE(send_and_stay(scene, kSlow, kMessage), kFirstTaken);
  EXPECT_EQ(accepted(scene), 2);
}

TEST(SecondCopy, AfterTheWindowItIsANewMessage) {
  Arrangement setup;
  setup.listener.duplicate_window = 1min;
  Scene scene(std::move(setup));
  send_and_leave(scene, kSlow, kMessage);
  scene.pass(20s + 1min);
  EXPECT_NE(send_and_stay(scene, kSlow, kMessage), kFirstTaken);
  EXPECT_EQ(accepted(scene), 2);
}

TEST(SecondCopy, AWindowOfZeroTurnsItOff) {
  Arrangement setup;
  setup.listener.duplicate_window = io::Duration{};
  Scene scene(std::move(setup));
  send_and_leave(scene, kSlow, kMessage);
  EXPECT_NE(send_and_stay(scene, kSlow, kMessage), kFirstTaken);
  EXPECT_EQ(accepted(scene), 2);
}

TEST(SecondCopy, TheSameTextOfTwoClientsThatAreBothThereIsNotHeldUp) {
  Scene scene;
  MailProgram first(scene);
  MailProgram second(scene);
  for (MailProgram* each : {&first, &second}) {
    each->introduce();
    each->begin_data(kSlow);
  }
  first.send(kMessage, 1s);
  EXPECT_TRUE(starts(second.send(kMessage, 21s), "250 2.6.0 "));
  EXPECT_TRUE(starts(first.hear(), "250 2.6.0 "));
  EXPECT_EQ(accepted(scene), 2);
}

TEST(SecondCopy, AFirstThatWasRefusedIsNoDuplicate) {
  Scene scene;
  send_and_leave(scene, "refuse-data-550@example.net", kMessage);
  scene.pass(5s);
  EXPECT_TRUE(starts(send_and_stay(scene, "refuse-data-550@example.net", kMessage), "550 5.7.1 "));
  ASSERT_EQ(scene.records.messages.size(), 2U);
  EXPECT_FALSE(scene.records.messages[1].duplicate);
}

TEST(SecondCopy, AClientThatLeftBeforeItsDotHasNoFirstCopy) {
  Scene scene;
  send_and_leave(scene, "a@example.net", std::string(kShortMessage));
  EXPECT_TRUE(starts(send_and_stay(scene, "a@example.net", kMessage), "250 2.6.0 "));
  EXPECT_EQ(accepted(scene), 1);
}

TEST(SecondCopy, OfABigMessageTakesBackTheChunksThatWentAlready) {
  std::string big = "Subject: big\r\n\r\n";
  while (big.size() < 500'000) {
    big += "The same line again and again and again.\r\n";
  }
  Scene scene;
  send_and_leave(scene, kSlow, big + ".\r\n");
  scene.pass(25s);
  EXPECT_EQ(send_and_stay(scene, kSlow, big + ".\r\n"), kFirstTaken);
  EXPECT_EQ(accepted(scene), 1);
  EXPECT_TRUE(starts(send_and_stay(scene, "a@example.net", kMessage), "250 2.6.0 "));
}

}  // namespace
}  // namespace truerelay::relay
