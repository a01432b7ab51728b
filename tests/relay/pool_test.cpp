// Connections that are ready when they are needed, and how long they live.

#include "tests/relay/mail_program.h"

namespace truerelay::relay {
namespace {

using Flights = std::vector<std::string>;

constexpr const char* kFine = "250 2.1.5 Recipient fine";

TEST(Pool, AConnectionIsOpenedWhenAClientConnectsAndTheFirstMessageTakesIt) {
  Scene scene(staged_setup());
  MailProgram erp(scene);
  EXPECT_EQ(scene.staged.flights, (Flights{"EHLO relay.example\n"})) << "nobody said anything yet";
  erp.introduce();
  EXPECT_EQ(erp.deliver("a@example.net"), "250 2.0.0 Taken");
  EXPECT_EQ(scene.staged.connections, 1U);
}

TEST(Pool, TheNextClientFindsTheConnectionAndCostsNoFlightButItsOwn) {
  Scene scene(staged_setup());
  {
    MailProgram first(scene);
    first.introduce();
    first.deliver("a@example.net");
    first.say("QUIT");
  }
  const std::size_t before = scene.staged.flights.size();
  MailProgram second(scene);
  second.introduce();
  EXPECT_EQ(second.deliver("b@example.net"), "250 2.0.0 Taken");
  const Flights since(scene.staged.flights.begin() + static_cast<std::ptrdiff_t>(before),
                      scene.staged.flights.end());
  EXPECT_EQ(since, (Flights{"MAIL FROM:<erp@example.org>\nRCPT TO:<b@example.net>\n", "DATA\n"}));
  EXPECT_EQ(scene.staged.connections, 1U);
}

TEST(Pool, ClientsThatOnlyConnectShareOneWarmConnection) {
  Scene scene(staged_setup());
  MailProgram first(scene);
  MailProgram second(scene);
  MailProgram third(scene);
  scene.pass(1s);
  EXPECT_EQ(scene.staged.connections, 1U);
}

TEST(Pool, AnIdleConnectionIsClosedInGoodOrderAfterIdleClose) {
  Scene scene(staged_setup());
  MailProgram erp(scene);
  erp.introduce();
  erp.deliver("a@example.net");
  scene.pass(57s);
  EXPECT_EQ(scene.staged.sessions(), 1U);
  scene.pass(5s);
  EXPECT_EQ(scene.staged.sessions(), 0U);
  EXPECT_EQ(scene.staged.times("QUIT"), 1U);
  EXPECT_EQ(erp.deliver("b@example.net"), "250 2.0.0 Taken") << "the client's session goes on";
  EXPECT_EQ(scene.staged.connections, 2U);
}

TEST(Pool, KeepWarmSaysNoopInsteadOfClosing) {
  Arrangement setup = staged_setup();
  setup.listener.command_timeout = 1h;
  setup.upstream.keep_warm = true;
  Scene scene(std::move(setup));
  MailProgram erp(scene);
  erp.introduce();
  erp.deliver("a@example.net");
  scene.pass(10min);
  EXPECT_EQ(scene.staged.sessions(), 1U);
  EXPECT_GE(scene.staged.times("NOOP"), 9U);
  EXPECT_LE(scene.staged.times("NOOP"), 10U);
  EXPECT_FALSE(scene.staged.heard("QUIT"));
  EXPECT_EQ(erp.deliver("b@example.net"), "250 2.0.0 Taken");
  EXPECT_EQ(scene.staged.connections, 1U);
}

TEST(Pool, KeepWarmKeepsOneConnectionAndLetsTheOthersGo) {
  Arrangement setup = staged_setup();
  setup.upstream.keep_warm = true;
  Scene scene(std::move(setup));
  MailProgram first(scene);
  MailProgram second(scene);
  first.introduce();
  second.introduce();
  first.begin("a@example.net");
  second.begin("b@example.net");
  EXPECT_EQ(scene.staged.connections, 2U);
  first.say("RSET");
  second.say("RSET");
  scene.pass(5min);
  EXPECT_EQ(scene.staged.sessions(), 1U);
  EXPECT_EQ(scene.staged.times("QUIT"), 1U);
}

TEST(Pool, AKeptConnectionThatDoesNotAnswerItsNoopIsGivenUp) {
  Arrangement setup = staged_setup();
  setup.upstream.keep_warm = true;
  Scene scene(std::move(setup));
  scene.staged.on_connection(1).fall_silent_at("NOOP");
  MailProgram erp(scene);
  erp.introduce();
  scene.pass(2min);
  EXPECT_EQ(scene.staged.sessions(), 0U);
  EXPECT_EQ(erp.deliver("a@example.net"), "250 2.0.0 Taken");
}

TEST(Pool, AConnectionIsRetiredAfterItsMessagesAndNoSecondOneIsOpenMeanwhile) {
  Arrangement setup = staged_setup();
  setup.upstream.max_messages_per_connection = 2;
  setup.upstream.max_connections = 1;
  Scene scene(std::move(setup));
  MailProgram erp(scene);
  erp.introduce();
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(erp.deliver("a@example.net"), "250 2.0.0 Taken");
  }
  EXPECT_EQ(scene.staged.connections, 3U);
  EXPECT_EQ(scene.staged.times("QUIT"), 2U);
  EXPECT_EQ(scene.staged.most_at_once, 1U);
}

// An upstream that is slow to say goodbye still counts the connection.
TEST(Pool, ARetiredConnectionCountsUntilItIsClosed) {
  Arrangement setup = staged_setup();
  setup.upstream.max_messages_per_connection = 1;
  setup.upstream.max_connections = 1;
  Scene scene(std::move(setup));
  scene.staged.fall_silent_at("QUIT");
  MailProgram erp(scene);
  erp.introduce();
  const std::string message = "MAIL FROM:<erp@example.org>\r\nRCPT TO:<a@example.net>\r\nDATA\r\n" +
                              std::string(kShortMessage) + ".\r\n";
  EXPECT_TRUE(erp.send(message + message, 10s).ends_with("250 2.0.0 Taken"));
  EXPECT_EQ(scene.staged.bodies.size(), 2U);
  EXPECT_EQ(scene.staged.connections, 2U);
  EXPECT_EQ(scene.staged.most_at_once, 1U);
}

TEST(Pool, ATransactionThatIsLeftOpenIsResetAfterASecond) {
  Scene scene(staged_setup());
  MailProgram erp(scene);
  erp.introduce();
  erp.begin("a@example.net");
  erp.say("RSET", 500ms);
  EXPECT_FALSE(scene.staged.heard("RSET"));
  scene.pass(1s);
  EXPECT_EQ(scene.staged.times("RSET"), 1U);
  EXPECT_EQ(erp.begin("b@example.net"), kFine);
  EXPECT_EQ(scene.staged.times("RSET"), 1U) << "once is enough";
  EXPECT_EQ(scene.staged.connections, 1U);
}

// --- What happens to a connection while nobody looks ---

TEST(Pool, AConnectionThatEndedWhileIdleIsReplacedUnseen) {
  Scene scene(staged_setup());
  MailProgram erp(scene);
  erp.introduce();
  scene.staged.hang_up();
  EXPECT_EQ(erp.deliver("a@example.net"), "250 2.0.0 Taken");
  EXPECT_EQ(scene.staged.connections, 2U);
}

TEST(Pool, A421AtTheFirstUseIsReplacedUnseen) {
  Scene scene(staged_setup());
  scene.staged.on_connection(1).answer("MAIL", "421 4.4.2 You were idle for too long");
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.deliver("a@example.net"), "250 2.0.0 Taken");
  EXPECT_EQ(scene.staged.connections, 2U);
  EXPECT_EQ(scene.staged.bodies.size(), 1U);
}

// A firewall that forgot the connection says nothing to anybody.
TEST(Pool, DeadSilenceAtTheFirstUseIsReplacedAfterAMomentUnseen) {
  Scene scene(staged_setup());
  scene.staged.on_connection(1).fall_silent_at("MAIL");
  MailProgram erp(scene);
  erp.introduce();
  erp.say("MAIL FROM:<erp@example.org>");
  EXPECT_EQ(erp.say("RCPT TO:<a@example.net>", 9s), "");
  EXPECT_EQ(erp.hear(2s), kFine);
  EXPECT_EQ(scene.staged.connections, 2U);
}

TEST(Pool, AllConnectionsThatDiedTogetherAreReplacedByOne) {
  Scene scene(staged_setup());
  MailProgram first(scene);
  MailProgram second(scene);
  MailProgram third(scene);
  for (MailProgram* each : {&first, &second, &third}) {
    each->introduce();
    each->begin("a@example.net");
  }
  for (MailProgram* each : {&first, &second, &third}) {
    each->say("RSET", 10ms);
  }
  EXPECT_EQ(scene.staged.sessions(), 3U);
  scene.staged.hang_up();
  EXPECT_EQ(first.deliver("b@example.net"), "250 2.0.0 Taken");
  EXPECT_EQ(scene.staged.connections, 4U);
}

}  // namespace
}  // namespace truerelay::relay
