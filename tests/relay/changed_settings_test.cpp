// The settings of an upstream and of a listener change while the relay runs: who was here before,
// and what outlasts the change.

#include "base/base64.h"
#include "tests/relay/mail_program.h"

namespace truerelay::relay {
namespace {

constexpr const char* kChanged = "421 4.3.2 The settings of truerelay have changed; connect again";
constexpr const char* kEnvelope =
    "EHLO erp.example\r\nMAIL FROM:<erp@example.org>\r\nRCPT TO:<a@example.net>\r\n";

// The same settings but for one that nobody sees.
void change_little(Scene& scene) {
  UpstreamSettings upstream = scene.arrangement().upstream;
  upstream.idle_close += 1s;
  scene.change(upstream, scene.arrangement().listener);
}

std::string login(const std::string& user, const std::string& password) {
  const std::string message = '\0' + user + '\0' + password;
  return "AUTH PLAIN " + base64_encode(message);
}

TEST(ChangedSettings, WhoComesAfterwardsFindsThem) {
  Scene scene;
  ListenerSettings listener = scene.arrangement().listener;
  listener.host_name = "renamed.example";
  scene.change(scene.arrangement().upstream, listener);
  MailProgram erp(scene);
  EXPECT_TRUE(starts(erp.hear(), "220 renamed.example "));
}

TEST(ChangedSettings, WhoIsHereGoesOnAsBefore) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  change_little(scene);
  EXPECT_TRUE(starts(erp.deliver("a@example.net"), "250 2.6.0 "));
  EXPECT_TRUE(starts(erp.deliver("b@example.net"), "250 2.6.0 "));
}

TEST(ChangedSettings, AnIdleSessionHearsOfThemWhenItsTimeIsOver) {
  Scene scene;
  MailProgram fresh(scene);
  MailProgram erp(scene);
  fresh.hear();
  erp.introduce();
  change_little(scene);
  EXPECT_EQ(erp.hear(1min), "");
  scene.retire_former();
  EXPECT_EQ(fresh.hear(), kChanged);
  EXPECT_EQ(erp.hear(5s), kChanged);
  EXPECT_TRUE(erp.cut_off());
  EXPECT_EQ(scene.sessions(), 0U);
}

TEST(ChangedSettings, ATransactionGetsItsTrueAnswerFirstHoweverLongThatTakes) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  erp.begin("slow-data-200s@example.net");
  change_little(scene);
  scene.retire_former();
  EXPECT_EQ(erp.hear(1min), "");
  EXPECT_EQ(erp.say("RCPT TO:<b@example.net>"), "250 2.1.5 Recipient OK");
  EXPECT_TRUE(starts(erp.say("DATA"), "354 "));
  EXPECT_EQ(erp.send(std::string(kShortMessage) + ".\r\n", 3min), "");
  const std::string replies = erp.hear(2min);
  EXPECT_TRUE(starts(replies, "250 2.6.0 "));
  EXPECT_TRUE(replies.ends_with(std::string("\n") + kChanged)) << replies;
  EXPECT_EQ(scene.record().outcome, observe::Outcome::accepted);
}

TEST(ChangedSettings, ATransactionThatIsRepairedAfterwardsIsRepairedUnseen) {
  Scene scene(staged_setup());
  MailProgram erp(scene);
  erp.introduce();
  erp.begin("a@example.net");
  change_little(scene);
  scene.retire_former();
  scene.staged.hang_up(1);
  EXPECT_TRUE(starts(erp.say("DATA"), "354 "));
  EXPECT_TRUE(starts(erp.send(std::string(kShortMessage) + ".\r\n"), "250 2.0.0 Taken"));
}

TEST(ChangedSettings, AnotherTransactionMayNotBegin) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  change_little(scene);
  erp.begin("a@example.net");
  scene.retire_former();
  EXPECT_EQ(erp.send("RSET\r\nMAIL FROM:<erp@example.org>\r\n"),
            std::string("250 2.0.0 Forgotten\n") + kChanged);
}

TEST(ChangedSettings, WhoIsInTheMiddleOfALoginIsToldAfterIt) {
  Scene scene(passthrough_setup());
  MailProgram erp(scene);
  erp.introduce();
  erp.say("AUTH LOGIN");
  change_little(scene);
  scene.retire_former();
  EXPECT_TRUE(starts(erp.say(base64_encode("erp@example.org")), "334 "));
  const std::string replies = erp.say(base64_encode("correct horse"));
  EXPECT_TRUE(starts(replies, "235 2.7.0 "));
  EXPECT_TRUE(replies.ends_with(std::string("\n") + kChanged)) << replies;
}

TEST(ChangedSettings, IdleConnectionsAreClosedAndThoseInUseAfterIt) {
  Scene scene(staged_setup());
  MailProgram first(scene);
  MailProgram second(scene);
  first.introduce();
  second.introduce();
  first.begin("a@example.net");
  second.deliver("b@example.net");
  EXPECT_EQ(scene.staged.sessions(), 2U);
  change_little(scene);
  scene.pass(1s);
  EXPECT_EQ(scene.staged.sessions(), 1U);
  first.say("DATA");
  EXPECT_EQ(first.send(std::string(kShortMessage) + ".\r\n"), "250 2.0.0 Taken");
  scene.pass(1s);
  EXPECT_EQ(scene.staged.sessions(), 0U);
}

TEST(ChangedSettings, TheConnectionsOfBothTogetherAreNoMoreThanMaxConnections) {
  Arrangement setup = staged_setup();
  setup.upstream.max_connections = 1;
  Scene scene(std::move(setup));
  MailProgram before(scene);
  before.introduce();
  before.begin("a@example.net");
  change_little(scene);
  MailProgram after(scene);
  after.introduce();
  EXPECT_EQ(after.begin("b@example.net"), "") << "it waits for its turn";
  before.say("DATA");
  EXPECT_EQ(before.send(std::string(kShortMessage) + ".\r\n"), "250 2.0.0 Taken");
  EXPECT_EQ(after.hear(), "250 2.1.5 Recipient fine");
  EXPECT_EQ(scene.staged.most_at_once, 1U);
}

TEST(ChangedSettings, TheMessagesOfTheLastMinuteStillCount) {
  Arrangement setup = staged_setup();
  setup.upstream.rate_per_minute = 2;
  Scene scene(std::move(setup));
  MailProgram before(scene);
  before.introduce();
  EXPECT_EQ(before.deliver("a@example.net"), "250 2.0.0 Taken");
  change_little(scene);
  MailProgram after(scene);
  after.introduce();
  EXPECT_EQ(after.deliver("b@example.net"), "250 2.0.0 Taken");
  EXPECT_EQ(after.begin("c@example.net"), "");
  EXPECT_TRUE(holds(after.hear(40s), "451 4.3.2 "));
  scene.pass(20s);
  after.say("RSET");
  EXPECT_EQ(after.begin("c@example.net"), "250 2.1.5 Recipient fine");
}

TEST(ChangedSettings, ARateThatWasRaisedCountsAtOnce) {
  Arrangement setup = staged_setup();
  setup.upstream.rate_per_minute = 1;
  Scene scene(std::move(setup));
  MailProgram before(scene);
  before.introduce();
  before.deliver("a@example.net");
  UpstreamSettings raised = scene.arrangement().upstream;
  raised.rate_per_minute = 2;
  scene.change(raised, scene.arrangement().listener);
  EXPECT_EQ(before.deliver("b@example.net"), "250 2.0.0 Taken");
}

TEST(ChangedSettings, ALoginThatWasRefusedIsNotTriedAgainForThem) {
  Arrangement setup;
  setup.login.secret = "battery staple";
  Scene scene(std::move(setup));
  for (int i = 0; i < 5; ++i) {
    MailProgram erp(scene);
    EXPECT_TRUE(holds(erp.send(kEnvelope, 50ms), "\n554-5.7.8 535 5.7.8 "));
    change_little(scene);
  }
  EXPECT_EQ(scene.ledger.logins.size(), 1U);
}

TEST(ChangedSettings, AClientsOwnLoginThatWasRefusedIsNotTriedAgainForThem) {
  Scene scene(passthrough_setup());
  for (int i = 0; i < 3; ++i) {
    MailProgram erp(scene);
    erp.introduce();
    EXPECT_TRUE(starts(erp.say(login("erp@example.org", "battery staple")), "535 5.7.8 "));
    change_little(scene);
  }
  EXPECT_EQ(scene.ledger.logins.size(), 1U);
}

TEST(ChangedSettings, AClientsOwnLoginHasOneLimitBeforeAndAfter) {
  Arrangement setup = passthrough_setup();
  setup.upstream.rate_per_minute = 1;
  Scene scene(std::move(setup));
  MailProgram before(scene);
  before.introduce();
  before.say(login("erp@example.org", "correct horse"));
  change_little(scene);
  EXPECT_TRUE(starts(before.deliver("a@example.net"), "250 2.6.0 "));
  MailProgram after(scene);
  after.introduce();
  EXPECT_TRUE(starts(after.say(login("erp@example.org", "correct horse")), "235 "));
  EXPECT_EQ(after.begin("b@example.net"), "") << "the minute's message was sent";
}

TEST(ChangedSettings, AServerThatFailedAtChunksGetsDataStill) {
  Scene scene(staged_setup());
  scene.staged.offer(kOffersChunks);
  scene.staged.answer("LAST", "500 5.5.1 What is BDAT");
  MailProgram before(scene);
  before.introduce();
  EXPECT_TRUE(starts(before.deliver("a@example.net"), "250 2.0.0 Taken"));
  const std::size_t tries = scene.staged.times("BDAT");
  change_little(scene);
  MailProgram after(scene);
  after.introduce();
  EXPECT_TRUE(starts(after.deliver("b@example.net"), "250 2.0.0 Taken"));
  EXPECT_EQ(scene.staged.times("BDAT"), tries);
}

TEST(ChangedSettings, TheFirstClientIsOfferedWhatTheUpstreamIsKnownToOffer) {
  Scene scene(staged_setup());
  scene.staged.offer("SIZE 35651584");
  scene.make_first_contact();
  change_little(scene);
  MailProgram erp(scene);
  EXPECT_TRUE(holds(erp.introduce(), "SIZE 35651584"));
}

TEST(ChangedSettings, ClientsThatWereHereBeforeCountAgainstMaxClients) {
  Arrangement setup;
  setup.listener.max_clients = 2;
  Scene scene(std::move(setup));
  MailProgram before(scene);
  before.introduce();
  change_little(scene);
  MailProgram after(scene);
  EXPECT_TRUE(starts(after.hear(), "220 "));
  MailProgram third(scene);
  EXPECT_TRUE(starts(third.hear(), "421 4.3.2 All client connections "));
}

}  // namespace
}  // namespace truerelay::relay
