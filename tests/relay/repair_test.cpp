// A connection that is lost before the last byte is replaced out of the client's sight, and what
// the client was told stays true (rule T4); after the last byte nothing is tried again (T5).

#include "tests/relay/mail_program.h"

namespace truerelay::relay {
namespace {

constexpr const char* kFine = "250 2.1.5 Recipient fine";

std::string text_of_size(std::size_t size) {
  std::string text = "Subject: repaired\r\n\r\n";
  for (std::size_t i = 0; text.size() < size; ++i) {
    text += "Line " + std::to_string(i) + " of a message whose connection is lost.\r\n";
  }
  return text;
}

// Both ways in which the content can go.
class RepairTest : public ::testing::TestWithParam<const char*> {
 protected:
  // The connections of this scene are lost when so much of a message has come.
  std::unique_ptr<Scene> lossy_scene(Arrangement setup, std::size_t connections,
                                     std::size_t octets) {
    auto scene = std::make_unique<Scene>(std::move(setup));
    scene->staged.offer(GetParam());
    for (std::size_t i = 1; i <= connections; ++i) {
      scene->staged.on_connection(i).hang_up_in_message_at(octets);
    }
    return scene;
  }
  // The answer to a message that comes in two parts, with time between them.
  static std::string deliver(Scene& scene, const std::string& message) {
    MailProgram erp(scene);
    erp.introduce();
    EXPECT_TRUE(starts(erp.begin_data("a@example.net"), "354 "));
    EXPECT_EQ(erp.send(message.substr(0, message.size() * 3 / 4)), "");
    const std::string reply = erp.send(message.substr(message.size() * 3 / 4) + ".\r\n", 5s);
    erp.say("QUIT");
    return reply;
  }
};
INSTANTIATE_TEST_SUITE_P(WithDataAndWithChunks, RepairTest,
                         ::testing::Values("PIPELINING", kOffersChunks));

// --- In the envelope ---

TEST_P(RepairTest, ALossAfterAToldRecipientIsRepairedAndThatRecipientSaidAgain) {
  Scene scene(staged_setup());
  scene.staged.offer(GetParam());
  scene.staged.on_connection(1).hang_up_at("RCPT TO:<b@example.net>");
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.begin("a@example.net"), kFine);
  EXPECT_EQ(erp.say("RCPT TO:<b@example.net>"), kFine);
  EXPECT_EQ(scene.staged.flights.back(),
            "MAIL FROM:<erp@example.org>\nRCPT TO:<a@example.net>\nRCPT TO:<b@example.net>\n");
  erp.say("DATA");
  EXPECT_EQ(erp.send(std::string(kShortMessage) + ".\r\n"), "250 2.0.0 Taken");
  EXPECT_EQ(scene.staged.bodies.size(), 1U);
}

TEST_P(RepairTest, WhatWasRefusedIsNotAskedAgain) {
  Scene scene(staged_setup());
  scene.staged.offer(GetParam());
  scene.staged.on_connection(1).answer("RCPT TO:<x@example.net>", "550 5.1.1 Unknown");
  scene.staged.on_connection(1).hang_up_at("RCPT TO:<b@example.net>");
  MailProgram erp(scene);
  erp.introduce();
  erp.begin("a@example.net");
  EXPECT_EQ(erp.say("RCPT TO:<x@example.net>"), "550 5.1.1 Unknown");
  EXPECT_EQ(erp.say("RCPT TO:<b@example.net>"), kFine);
  EXPECT_EQ(scene.staged.times("RCPT TO:<x@example.net>"), 1U);
}

TEST_P(RepairTest, AToldRecipientThatIsRefusedOnTheNewConnectionFailsTheTransactionWith451) {
  Scene scene(staged_setup());
  scene.staged.offer(GetParam());
  scene.staged.on_connection(1).hang_up_at("RCPT TO:<b@example.net>");
  scene.staged.on_connection(2).answer("RCPT TO:<a@example.net>", "450 4.2.1 Not now");
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.begin("a@example.net"), kFine);
  const std::string reply = erp.say("RCPT TO:<b@example.net>");
  EXPECT_TRUE(starts(reply, "451-4.4.2 The connection to upstream contoso"));
  EXPECT_TRUE(holds(reply, "450 4.2.1 Not now"));
  EXPECT_TRUE(starts(erp.say("RCPT TO:<c@example.net>"), "451-4.4.2 "));
  EXPECT_TRUE(starts(erp.say("DATA"), "451-4.4.2 "));
  EXPECT_FALSE(scene.staged.heard("DATA"));
  EXPECT_EQ(scene.record().outcome, observe::Outcome::failed);
}

TEST_P(RepairTest, ASenderThatIsRefusedOnTheNewConnectionFailsTheTransactionWith451) {
  Scene scene(staged_setup());
  scene.staged.offer(GetParam());
  scene.staged.on_connection(1).hang_up_at("RCPT TO:<b@example.net>");
  scene.staged.on_connection(2).answer("MAIL", "550 5.7.1 Not you");
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.begin("a@example.net"), kFine);
  EXPECT_TRUE(starts(erp.say("RCPT TO:<b@example.net>"), "451-4.4.2 "));
}

TEST_P(RepairTest, AnUpstreamThatAlwaysHangsUpIsTriedOnTwoFreshConnectionsAndNoMore) {
  Scene scene(staged_setup());
  scene.staged.offer(GetParam());
  scene.staged.hang_up_at("RCPT");
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_TRUE(starts(erp.begin("a@example.net"), "451-4.4.2 The connection to upstream contoso"));
  EXPECT_EQ(scene.staged.connections, 3U) << "the one that was warm, and two fresh ones";
}

TEST_P(RepairTest, AConnectionThatIsLostBetweenRecipientsAndDataIsReplaced) {
  Scene scene(staged_setup());
  scene.staged.offer(GetParam());
  MailProgram erp(scene);
  erp.introduce();
  erp.begin("a@example.net");
  scene.staged.hang_up();
  scene.pass(1s);
  EXPECT_TRUE(starts(erp.say("DATA"), "354 "));
  EXPECT_EQ(erp.send(std::string(kShortMessage) + ".\r\n"), "250 2.0.0 Taken");
  EXPECT_EQ(scene.staged.bodies.size(), 1U);
}

// --- In the content ---

TEST_P(RepairTest, ALossInTheMiddleOfTheContentIsRepairedAndDeliveredOnce) {
  const std::string message = text_of_size(100'000);
  const auto scene = lossy_scene(staged_setup(), 1, 20'000);
  EXPECT_EQ(deliver(*scene, message), "250 2.0.0 Taken");
  ASSERT_EQ(scene->staged.bodies.size(), 1U);
  EXPECT_TRUE(scene->staged.bodies[0] == message);
  EXPECT_EQ(scene->staged.connections, 2U);
  EXPECT_EQ(scene->record().repairs, 1U);
  EXPECT_EQ(scene->record().outcome, observe::Outcome::accepted);
}

TEST_P(RepairTest, AMessageThatCostsEveryConnectionItsLifeIs451) {
  const auto scene = lossy_scene(staged_setup(), 20, 20'000);
  EXPECT_TRUE(starts(deliver(*scene, text_of_size(100'000)), "451-4.4.2 "));
  EXPECT_LE(scene->staged.connections, 3U);
  EXPECT_TRUE(scene->staged.bodies.empty());
}

TEST_P(RepairTest, BeyondTheReplayBufferALossIsAnHonest451) {
  Arrangement setup = staged_setup();
  setup.upstream.replay_buffer = 50'000;
  const auto scene = lossy_scene(std::move(setup), 1, 60'000);
  const std::string reply = deliver(*scene, text_of_size(100'000));
  EXPECT_TRUE(starts(reply, "451-4.4.2 The connection to upstream contoso"));
  EXPECT_TRUE(holds(reply, "Nothing was sent"));
  EXPECT_TRUE(scene->staged.bodies.empty());
  EXPECT_EQ(scene->record().outcome, observe::Outcome::failed);
  EXPECT_EQ(scene->scratch.made, 0U) << "no message goes to the disk unasked";
}

TEST_P(RepairTest, WithAReplayFileWhatIsLongerIsRepairedFromTheDisk) {
  Arrangement setup = staged_setup();
  setup.upstream.replay_buffer = 50'000;
  setup.upstream.replay_file = true;
  const std::string message = text_of_size(1'000'000);
  const auto scene = lossy_scene(std::move(setup), 1, 600'000);
  EXPECT_EQ(deliver(*scene, message), "250 2.0.0 Taken");
  ASSERT_EQ(scene->staged.bodies.size(), 1U);
  EXPECT_TRUE(scene->staged.bodies[0] == message);
  EXPECT_EQ(scene->scratch.made, 1U);
}

TEST_P(RepairTest, WhenTheDiskIsFullALossIsAnHonest451) {
  Arrangement setup = staged_setup();
  setup.upstream.replay_buffer = 50'000;
  setup.upstream.replay_file = true;
  const auto scene = lossy_scene(std::move(setup), 1, 600'000);
  scene->scratch.room = 300'000;
  EXPECT_TRUE(starts(deliver(*scene, text_of_size(1'000'000)), "451-4.4.2 "));
  EXPECT_TRUE(scene->staged.bodies.empty());
  EXPECT_EQ(scene->scratch.room, 300'000U) << "what was put there is gone";
}

TEST_P(RepairTest, AFullDiskWithoutALossHarmsNobody) {
  Arrangement setup = staged_setup();
  setup.upstream.replay_buffer = 50'000;
  setup.upstream.replay_file = true;
  const std::string message = text_of_size(1'000'000);
  const auto scene = lossy_scene(std::move(setup), 0, 0);
  scene->scratch.room = 300'000;
  EXPECT_EQ(deliver(*scene, message), "250 2.0.0 Taken");
  ASSERT_EQ(scene->staged.bodies.size(), 1U);
  EXPECT_TRUE(scene->staged.bodies[0] == message);
}

// The worst moment: what was sent is gone from memory, because the file had it, and at the same
// time the file and the connection go. The end of a message alone must never pass for all of it.
TEST_P(RepairTest, WhenTheDiskFillsUpAtTheVeryMomentOfTheLossNoPartIsSentAsTheWhole) {
  Arrangement setup = staged_setup();
  setup.upstream.replay_buffer = 10'000;
  setup.upstream.replay_file = true;
  Scene scene(std::move(setup));
  scene.staged.offer(GetParam());
  scene.scratch.room = 100'000;
  const std::string message = text_of_size(150'000);
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  EXPECT_EQ(erp.send(message.substr(0, 90'000)), "");
  scene.staged.hang_up();
  EXPECT_TRUE(starts(erp.send(message.substr(90'000) + ".\r\n"), "451-4.4.2 "));
  EXPECT_TRUE(scene.staged.bodies.empty());
}

TEST_P(RepairTest, AToldRecipientThatIsRefusedInMidContentFailsTheMessageAndNothingIsSent) {
  const auto scene = lossy_scene(staged_setup(), 1, 20'000);
  scene->staged.on_connection(2).answer("RCPT", "550 5.1.1 Unknown all of a sudden");
  const std::string reply = deliver(*scene, text_of_size(100'000));
  EXPECT_TRUE(starts(reply, "451-4.4.2 The connection to upstream contoso"));
  EXPECT_TRUE(holds(reply, "550 5.1.1 Unknown all of a sudden"));
  EXPECT_TRUE(scene->staged.bodies.empty());
  EXPECT_EQ(scene->record().outcome, observe::Outcome::failed);
}

TEST_P(RepairTest, AClientThatLeavesDuringTheRepairHasSentNothing) {
  const auto scene = lossy_scene(staged_setup(), 1, 20'000);
  scene->staged.on_connection(2).fall_silent_at("greeting");
  MailProgram erp(*scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  erp.send(text_of_size(60'000));
  erp.send(text_of_size(60'000));
  EXPECT_EQ(scene->staged.connections, 2U) << "the repair is under way";
  erp.hang_up();
  scene->pass(2min);
  EXPECT_TRUE(scene->staged.bodies.empty());
  EXPECT_NE(scene->record().outcome, observe::Outcome::accepted);
  EXPECT_EQ(scene->sessions(), 0U);
}

TEST_P(RepairTest, AfterTheLastByteThereIsNoSecondTry) {
  Scene scene(staged_setup());
  scene.staged.offer(GetParam());
  for (const char* end : {".", "LAST"}) {
    scene.staged.on_connection(1).hang_up_at(end);
  }
  EXPECT_TRUE(starts(deliver(scene, std::string(kShortMessage)), "451-4.4.2 Outcome unknown"));
  scene.pass(1h);
  EXPECT_EQ(scene.staged.bodies.size(), 1U);
  EXPECT_EQ(scene.record().outcome, observe::Outcome::in_doubt);
}

// --- The memory of all messages ---

TEST_P(RepairTest, WhatIsKeptOfAllMessagesTogetherIsBoundedAndGivenBack) {
  constexpr std::size_t kBeyond = 33 * 1024 * 1024;
  Arrangement setup = staged_setup();
  setup.upstream.replay_buffer = 2 * kBeyond;
  setup.listener.max_message_size = 2 * kBeyond;
  const auto scene = lossy_scene(std::move(setup), 1, kBeyond);
  EXPECT_TRUE(starts(deliver(*scene, text_of_size(kBeyond + 100'000)), "451-4.4.2 "));
  EXPECT_TRUE(scene->staged.bodies.empty());
  scene->staged.on_connection(scene->staged.connections + 1).hang_up_in_message_at(20'000);
  EXPECT_EQ(deliver(*scene, text_of_size(100'000)), "250 2.0.0 Taken") << "there is room again";
}

}  // namespace
}  // namespace truerelay::relay
