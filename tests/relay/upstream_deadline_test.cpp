// An upstream that falls silent: at each stage the client hears it, in time.

#include "tests/relay/mail_program.h"

namespace truerelay::relay {
namespace {

Arrangement impatient_setup() {
  Arrangement setup = staged_setup();
  setup.upstream.connect_timeout = 30s;
  setup.upstream.reply_timeout = 5min;
  setup.upstream.data_timeout = 3min;
  setup.upstream.final_reply_timeout = 10min;
  return setup;
}

// What the first recipient hears where the upstream falls silent at `stage`; it must come within
// ten seconds after `due`, and not before.
void silence(const std::string& stage, io::Duration due) {
  Arrangement setup = impatient_setup();
  setup.upstream.auth = auth::Choice::automatic;
  Scene scene(std::move(setup));
  scene.staged.offer("PIPELINING\nAUTH PLAIN");
  scene.staged.fall_silent_at(stage);
  MailProgram erp(scene);
  erp.introduce();
  erp.say("MAIL FROM:<erp@example.org>");
  EXPECT_EQ(erp.say("RCPT TO:<a@example.net>", due - 5s), "");
  EXPECT_EQ(erp.hear(10s),
            "451-4.4.2 Upstream contoso (mail.example:587) did not answer in time\n"
            "451 4.4.2 Nothing was sent, try again");
  erp.say("QUIT");
  EXPECT_EQ(scene.record().outcome, observe::Outcome::failed);
}

TEST(UpstreamDeadline, SilenceInsteadOfAGreetingEndsWithTheConnectTimeout) {
  silence("greeting", 30s);
}
TEST(UpstreamDeadline, SilenceAfterEhloEndsWithTheConnectTimeout) { silence("EHLO", 30s); }
TEST(UpstreamDeadline, SilenceAfterAuthEndsWithTheConnectTimeout) { silence("AUTH", 30s); }
// A connection that was not used for a while may lead nowhere, so another one is asked soon.
TEST(UpstreamDeadline, SilenceAfterMailEndsWithTheReplyTimeoutOnAFreshConnection) {
  silence("MAIL", 5min + 10s);
}
TEST(UpstreamDeadline, SilenceAfterRcptEndsWithTheReplyTimeout) { silence("RCPT", 5min); }

// RFC 3463: 4.4.1 is "the outbound connection attempt was not answered".
TEST(UpstreamDeadline, AConnectionAttemptThatNobodyAnswersEndsWithTheConnectTimeout) {
  Scene scene(impatient_setup());
  scene.network.set_plan([](const io::Endpoint& endpoint, std::uint64_t, simulation::Random&) {
    simulation::Attempt attempt;
    if (endpoint.host == "mail.example") {
      attempt.answer = simulation::Attempt::Answer::silence;
    }
    return attempt;
  });
  MailProgram erp(scene);
  erp.introduce();
  erp.say("MAIL FROM:<erp@example.org>");
  EXPECT_EQ(erp.say("RCPT TO:<a@example.net>", 25s), "");
  EXPECT_TRUE(starts(erp.hear(10s), "451-4.4.1 "));
}

TEST(UpstreamDeadline, SilenceInTheTlsHandshakeEndsWithTheConnectTimeout) {
  Arrangement setup = impatient_setup();
  setup.upstream.tls = Tls::implicit;
  setup.upstream_has_tls = true;
  Scene scene(std::move(setup));
  scene.staged.fall_silent_at("greeting");
  MailProgram erp(scene);
  erp.introduce();
  erp.say("MAIL FROM:<erp@example.org>");
  EXPECT_EQ(erp.say("RCPT TO:<a@example.net>", 25s), "");
  EXPECT_TRUE(starts(erp.hear(10s), "451-4.4.2 "));
}

TEST(UpstreamDeadline, SilenceAfterDataEndsWithTheReplyTimeout) {
  Scene scene(impatient_setup());
  scene.staged.fall_silent_at("DATA");
  MailProgram erp(scene);
  erp.introduce();
  erp.begin("a@example.net");
  EXPECT_EQ(erp.say("DATA", 5min - 5s), "");
  EXPECT_TRUE(starts(erp.hear(10s), "451-4.4.2 Upstream contoso"));
  EXPECT_EQ(scene.record().outcome, observe::Outcome::failed);
}

TEST(UpstreamDeadline, AnUpstreamThatTakesNoMoreOfABodyOnTwoConnectionsEndsItWithTheDataTimeout) {
  Scene scene(impatient_setup());
  scene.network.set_plan([](const io::Endpoint& endpoint, std::uint64_t, simulation::Random&) {
    simulation::Attempt attempt;
    if (endpoint.host == "mail.example") {
      attempt.conditions.to_server.window = 1024;
      attempt.faults.list = {{.kind = simulation::Fault::Kind::stall,
                              .direction = simulation::Direction::to_server,
                              .at = 2000}};
    }
    return attempt;
  });
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  std::string message;
  for (int i = 0; i < 1000; ++i) {
    message += "One of a thousand lines\r\n";
  }
  EXPECT_EQ(erp.send(message + ".\r\n", 6min - 5s), "");
  EXPECT_TRUE(starts(erp.hear(10s), "451-4.4.2 Upstream contoso"));
  EXPECT_EQ(scene.record().outcome, observe::Outcome::failed);
  EXPECT_TRUE(scene.staged.bodies.empty());
}

TEST(UpstreamDeadline, SilenceAfterTheFinalDotIsADoubtAtTheEndOfTheFinalReplyTimeout) {
  Scene scene(impatient_setup());
  scene.staged.fall_silent_at(".");
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  EXPECT_EQ(erp.send(std::string(kShortMessage) + ".\r\n", 10min - 5s), "");
  EXPECT_TRUE(starts(erp.hear(10s), "451-4.4.2 Outcome unknown"));
  EXPECT_EQ(scene.record().outcome, observe::Outcome::in_doubt);
  EXPECT_EQ(scene.staged.bodies.size(), 1U);
}

TEST(UpstreamDeadline, AnAnswerJustBeforeItIsHeard) {
  Arrangement setup;
  setup.upstream.final_reply_timeout = 60s;
  Scene scene(std::move(setup));
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("slow-data-59s@example.net");
  EXPECT_TRUE(starts(erp.send(std::string(kShortMessage) + ".\r\n", 70s), "250 2.6.0 "));
}

}  // namespace
}  // namespace truerelay::relay
