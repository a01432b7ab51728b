// Clients that take their time.

#include "tests/relay/mail_program.h"

namespace truerelay::relay {
namespace {

TEST(ClientDeadline, ASilentClientHears421AtTheEndOfTheCommandTimeout) {
  Arrangement setup;
  setup.listener.command_timeout = 5min;
  Scene scene(std::move(setup));
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.hear(4min + 55s), "");
  EXPECT_EQ(erp.hear(10s), "421 4.4.2 Nothing came for too long; the connection is closed");
  EXPECT_TRUE(erp.cut_off());
  ASSERT_EQ(scene.records.sessions.size(), 1U);
  EXPECT_EQ(scene.records.sessions[0].reason, "the client was silent for too long");
}

TEST(ClientDeadline, ACommandThatComesByteByByteMustBeWholeByThen) {
  Arrangement setup;
  setup.listener.command_timeout = 1min;
  Scene scene(std::move(setup));
  MailProgram erp(scene);
  erp.introduce();
  std::string replies;
  for (int i = 0; i < 20; ++i) {
    replies += erp.send("N", 5s);
  }
  EXPECT_TRUE(starts(replies, "421 4.4.2 "));
}

TEST(ClientDeadline, ItsTimeBeginsAnewWithEachCommand) {
  Arrangement setup;
  setup.listener.command_timeout = 1min;
  Scene scene(std::move(setup));
  MailProgram erp(scene);
  erp.introduce();
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(erp.say("NOOP", 50s), "250 2.0.0 OK");
  }
}

TEST(ClientDeadline, TheTimeThatTheUpstreamTakesIsNotTheClients) {
  Arrangement setup;
  setup.listener.command_timeout = 1min;
  Scene scene(std::move(setup));
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.begin("a@example.net"), "250 2.1.5 Recipient OK");
  EXPECT_EQ(erp.say("RCPT TO:<slow-90s@example.net>", 100s), "250 2.1.5 Recipient OK");
  EXPECT_EQ(erp.say("NOOP"), "250 2.0.0 OK");
}

TEST(ClientDeadline, HalfACommandSentAheadHasTimeToBecomeWholeHoweverLongTheAnswerBeforeItTook) {
  Arrangement setup;
  setup.listener.command_timeout = 1min;
  Scene scene(std::move(setup));
  MailProgram erp(scene);
  erp.introduce();
  erp.begin("a@example.net");
  EXPECT_EQ(erp.send("RCPT TO:<slow-90s@example.net>\r\nNO", 100s), "250 2.1.5 Recipient OK");
  EXPECT_EQ(erp.send("OP\r\n"), "250 2.0.0 OK");
}

TEST(ClientDeadline, HalfACommandBehindTheFinalDotHasTimeToBecomeWhole) {
  Arrangement setup;
  setup.listener.command_timeout = 1min;
  Scene scene(std::move(setup));
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("slow-data-90s@example.net");
  const std::string replies = erp.send(std::string(kShortMessage) + ".\r\nMAIL FR", 100s);
  EXPECT_TRUE(starts(replies, "250 2.6.0 "));
  EXPECT_FALSE(holds(replies, "421"));
  EXPECT_TRUE(starts(erp.send("OM:<erp@example.org>\r\n"), "250 2.1.0 "));
}

TEST(ClientDeadline, InABodyASilentClientHears421AndNothingIsAccepted) {
  Arrangement setup = data_setup();
  setup.listener.data_timeout = 3min;
  Scene scene(std::move(setup));
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  EXPECT_EQ(erp.send("Subject: half\r\n", 2min + 50s), "");
  EXPECT_EQ(erp.hear(20s), "421 4.4.2 Nothing came for too long; the connection is closed");
  EXPECT_TRUE(erp.hear(5s).empty());
  EXPECT_TRUE(erp.cut_off());
  EXPECT_EQ(scene.message().fate, sandbox::MemoryLedger::Fate::abandoned);
  EXPECT_EQ(scene.record().outcome, observe::Outcome::failed);
}

TEST(ClientDeadline, ABodyThatComesSteadilyButTooSlowlyEndsToo) {
  Arrangement setup = staged_setup();
  setup.listener.data_timeout = 1min;
  Scene scene(std::move(setup));
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  std::string replies;
  int lines = 0;
  for (; lines < 100 && replies.empty(); ++lines) {
    replies = erp.send("A line each 2 seconds\r\n", 2s);  // 11 octets a second.
  }
  EXPECT_TRUE(starts(replies, "421 4.4.2 "));
  EXPECT_LT(lines, 40);
  EXPECT_TRUE(scene.staged.bodies.empty());
}

TEST(ClientDeadline, ABodyThatIsSlowButFastEnoughIsTakenHoweverLongItLasts) {
  Arrangement setup = staged_setup();
  setup.listener.data_timeout = 1min;
  Scene scene(std::move(setup));
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  const std::string line(398, 'x');
  for (int i = 0; i < 300; ++i) {
    ASSERT_EQ(erp.say(line, 2s), "");  // 200 octets a second, for ten minutes.
  }
  EXPECT_EQ(erp.say("."), "250 2.0.0 Taken");
}

}  // namespace
}  // namespace truerelay::relay
