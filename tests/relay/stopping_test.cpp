// The service is stopped: first it drains (`stopping`), then the time for that is over (`stopped`).

#include "tests/relay/mail_program.h"

namespace truerelay::relay {
namespace {

constexpr const char* kStopping = "421 4.3.2 truerelay is being stopped; try again later";

TEST(Stopping, IdleSessionsHear421AtOnce) {
  Scene scene;
  MailProgram fresh(scene);
  MailProgram erp(scene);
  fresh.hear();
  erp.introduce();
  scene.stopping.cancel();
  EXPECT_EQ(fresh.hear(), kStopping);
  EXPECT_EQ(erp.hear(5s), kStopping);
  EXPECT_TRUE(erp.cut_off());
  EXPECT_EQ(scene.sessions(), 0U);
}

TEST(Stopping, ATransactionUnderWayFinishesAndThenTheSessionEnds) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  erp.begin("a@example.net");
  scene.stopping.cancel();
  EXPECT_EQ(erp.say("RCPT TO:<b@example.net>"), "250 2.1.5 Recipient OK");
  EXPECT_TRUE(starts(erp.say("DATA"), "354 "));
  const std::string replies = erp.send(std::string(kShortMessage) + ".\r\n");
  EXPECT_TRUE(starts(replies, "250 2.6.0 "));
  EXPECT_TRUE(replies.ends_with(std::string("\n") + kStopping));
  EXPECT_EQ(scene.message().fate, sandbox::MemoryLedger::Fate::accepted);
  EXPECT_TRUE(erp.hear(5s).empty());
  EXPECT_TRUE(erp.cut_off());
}

TEST(Stopping, ABodyUnderWayIsNotDisturbed) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  erp.send("Subject: half\r\n");
  scene.stopping.cancel();
  EXPECT_EQ(erp.hear(1min), "");
  EXPECT_TRUE(starts(erp.send("\r\nAnd the other half\r\n.\r\n"), "250 2.6.0 "));
}

TEST(Stopping, AMessageWhoseTimeIsOverInItsBodyHears421AndIsNotSent) {
  Scene scene(data_setup());
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  erp.send("Subject: half\r\n");
  scene.stopping.cancel();
  scene.pass(30s);
  scene.stopped.cancel();
  EXPECT_TRUE(starts(erp.hear(5s), "421 4.3.2 "));
  EXPECT_TRUE(erp.cut_off());
  EXPECT_EQ(scene.message().fate, sandbox::MemoryLedger::Fate::abandoned);
  EXPECT_EQ(scene.record().outcome, observe::Outcome::failed);
}

TEST(Stopping, ATransactionWhoseTimeIsOverBeforeItsDataHears421) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  erp.begin("a@example.net");
  scene.stopping.cancel();
  scene.stopped.cancel();
  EXPECT_EQ(erp.hear(5s), kStopping);
  EXPECT_TRUE(erp.cut_off());
}

TEST(Stopping, ARecipientThatTheUpstreamHasNotAnsweredHears421) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  erp.begin("slow-600s@example.net");
  scene.stopping.cancel();
  scene.pass(1s);
  EXPECT_EQ(scene.sessions(), 1U);
  scene.stopped.cancel();
  EXPECT_TRUE(starts(erp.hear(5s), "421"));
  EXPECT_EQ(scene.sessions(), 0U);
}

TEST(Stopping, AMessageThatTheUpstreamHasWhollyAndNotAnsweredIsInDoubt) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("slow-data-600s@example.net");
  erp.send(std::string(kShortMessage) + ".\r\n");
  scene.stopping.cancel();
  scene.pass(30s);
  scene.stopped.cancel();
  const std::string replies = erp.hear(5s);
  EXPECT_TRUE(starts(replies, "451-4.4.2 Outcome unknown"));
  EXPECT_TRUE(replies.ends_with(std::string("\n") + kStopping));
  EXPECT_EQ(scene.record().outcome, observe::Outcome::in_doubt);
}

TEST(Stopping, AConnectionAttemptUnderWayIsGivenUp) {
  Scene scene;
  scene.network.set_plan([](const io::Endpoint& endpoint, std::uint64_t, simulation::Random&) {
    simulation::Attempt attempt;
    if (endpoint.host == "mail.example") {
      attempt.answer = simulation::Attempt::Answer::silence;
    }
    return attempt;
  });
  MailProgram erp(scene);
  erp.introduce();
  erp.begin("a@example.net");
  scene.stopping.cancel();
  scene.stopped.cancel();
  EXPECT_TRUE(starts(erp.hear(5s), "421"));
  EXPECT_EQ(scene.sessions(), 0U);
}

TEST(Stopping, AnUpstreamsHandshakeUnderWayIsGivenUp) {
  Arrangement setup = staged_setup();
  setup.upstream.tls = Tls::implicit;
  setup.upstream_has_tls = true;
  Scene scene(std::move(setup));
  scene.staged.fall_silent_at("greeting");
  MailProgram erp(scene);
  erp.introduce();
  erp.begin("a@example.net");
  scene.stopping.cancel();
  scene.stopped.cancel();
  EXPECT_TRUE(starts(erp.hear(5s), "421"));
  EXPECT_EQ(scene.sessions(), 0U);
}

TEST(Stopping, ALoginDialogueUnderWayUpstreamIsGivenUp) {
  Arrangement setup;
  setup.staged = true;
  Scene scene(std::move(setup));
  scene.staged.offer("AUTH PLAIN");
  scene.staged.fall_silent_at("AUTH");
  MailProgram erp(scene);
  erp.introduce();
  erp.begin("a@example.net");
  scene.stopping.cancel();
  scene.stopped.cancel();
  EXPECT_TRUE(starts(erp.hear(5s), "421"));
  EXPECT_EQ(scene.sessions(), 0U);
}

TEST(Stopping, AClientsHandshakeUnderWayDoesNotHoldTheServiceUp) {
  Arrangement setup;
  setup.listener.tls = Tls::implicit;
  setup.listener_has_tls = true;
  Scene scene(std::move(setup));
  MailProgram silent(scene);
  scene.pass(1s);
  EXPECT_EQ(scene.sessions(), 1U);
  scene.stopping.cancel();
  scene.stopped.cancel();
  scene.pass(10s);
  EXPECT_EQ(scene.sessions(), 0U);
}

TEST(Stopping, AClientThatDoesNotReadItsRepliesDoesNotHoldTheServiceUp) {
  Scene scene;
  scene.network.set_plan([](const io::Endpoint&, std::uint64_t, simulation::Random&) {
    simulation::Attempt attempt;
    attempt.conditions.to_client.window = 1024;
    return attempt;
  });
  MailProgram erp(scene);
  erp.introduce();
  std::string noops;
  for (int i = 0; i < 1000; ++i) {
    noops += "NOOP\r\n";
  }
  erp.send_without_hearing(noops);
  scene.stopping.cancel();
  scene.stopped.cancel();
  scene.pass(10s);
  EXPECT_EQ(scene.sessions(), 0U);
}

TEST(Stopping, AClientInTheMiddleOfAPassthroughLoginHears421) {
  Scene scene(passthrough_setup());
  MailProgram erp(scene);
  erp.introduce();
  erp.say("AUTH LOGIN");
  scene.stopping.cancel();
  EXPECT_EQ(erp.hear(5s), kStopping);
  EXPECT_TRUE(erp.cut_off());
}

}  // namespace
}  // namespace truerelay::relay
