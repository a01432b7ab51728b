// An upstream that finds it too much for now: the message waits, within `patience` (rule T5).

#include "tests/relay/mail_program.h"

namespace truerelay::relay {
namespace {

constexpr const char* kFine = "250 2.1.5 Recipient fine";
constexpr const char* kTooManyAtOnce =
    "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded";
constexpr const char* kTooFast =
    "421 4.4.2 Message submission rate for this client has exceeded the configured limit";
constexpr const char* kRateExceeded = "454 Throttling failure: Maximum sending rate exceeded.";
constexpr const char* kTooManyLogins = "454 4.7.0 Too many login attempts, please try again later.";

// Both ways in which the content can go: what is offered, and the end of the content.
using Way = std::pair<const char*, const char*>;
class PutOffTest : public ::testing::TestWithParam<Way> {
 protected:
  static void set(Scene& scene) { scene.staged.offer(GetParam().first); }
  static std::string end() { return GetParam().second; }
};
INSTANTIATE_TEST_SUITE_P(WithDataAndWithChunks, PutOffTest,
                         ::testing::Values(Way{"PIPELINING", "."}, Way{kOffersChunks, "LAST"}));

TEST_P(PutOffTest, AThrottleAtTheEndOfTheMessageIsOfferedAgainAndTheClientHearsTheAcceptance) {
  Scene scene(staged_setup());
  set(scene);
  scene.staged.answer_once(end(), kTooManyAtOnce);
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  EXPECT_EQ(erp.send(std::string(kShortMessage) + ".\r\n", 1s), "") << "the upstream has a moment";
  EXPECT_EQ(erp.hear(5s), "250 2.0.0 Taken");
  EXPECT_EQ(scene.staged.bodies,
            (std::vector<std::string>{std::string(kShortMessage), std::string(kShortMessage)}));
  EXPECT_EQ(scene.record().repairs, 1U);
  EXPECT_EQ(scene.record().outcome, observe::Outcome::accepted);
}

TEST_P(PutOffTest, WhenPatienceIsOverTheUpstreamsOwnThrottleIsTheReply) {
  Scene scene(staged_setup());
  set(scene);
  scene.staged.answer(end(), kTooManyAtOnce);
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  EXPECT_EQ(erp.send(std::string(kShortMessage) + ".\r\n", 10s), "");
  EXPECT_EQ(erp.hear(30s), kTooManyAtOnce);
  EXPECT_EQ(scene.record().outcome, observe::Outcome::refused);
  EXPECT_GE(scene.staged.bodies.size(), 3U);
  EXPECT_LE(scene.staged.bodies.size(), 6U) << "each pause is longer than the one before";
}

std::string long_message() {
  std::string message;
  while (message.size() < 100'000) {
    message += "A line of a message that is not kept.\r\n";
  }
  return message;
}

TEST_P(PutOffTest, AMessageTooLongToBeKeptHearsTheThrottleAtOnce) {
  Arrangement setup = staged_setup();
  setup.upstream.replay_buffer = 1000;
  Scene scene(std::move(setup));
  set(scene);
  scene.staged.answer_once(end(), kTooManyAtOnce);
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  erp.send(long_message());
  EXPECT_EQ(erp.send(".\r\n"), kTooManyAtOnce);
  EXPECT_EQ(scene.staged.bodies.size(), 1U);
}

TEST_P(PutOffTest, AThrottleOfAMessageThatIsNotKeptHoldsTheNextOneBack) {
  Arrangement setup = staged_setup();
  setup.upstream.replay_buffer = 1000;
  Scene scene(std::move(setup));
  set(scene);
  scene.staged.answer_once(end(), kRateExceeded);
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  erp.send(long_message());
  EXPECT_EQ(erp.send(".\r\n", 50ms), kRateExceeded);
  erp.say("MAIL FROM:<erp@example.org>", 50ms);
  EXPECT_EQ(erp.say("RCPT TO:<b@example.net>", 500ms), "");
  EXPECT_EQ(erp.hear(5s), kFine);
}

TEST_P(PutOffTest, AnyOther4xxIsTheClientsToHearAtOnce) {
  for (const char* refusal : {"451 4.3.2 Please try again later", "452 4.3.1 Disk full",
                              "450 4.7.1 Greylisted", "432 4.7.12 A password transition"}) {
    Scene scene(staged_setup());
    set(scene);
    scene.staged.answer_once(end(), refusal);
    MailProgram erp(scene);
    erp.introduce();
    EXPECT_EQ(erp.deliver("a@example.net"), refusal);
    EXPECT_EQ(scene.staged.bodies.size(), 1U);
  }
}

TEST_P(PutOffTest, ARecipientThatIsRefusedTheSecondTimeFailsTheMessageAndNothingIsAccepted) {
  Scene scene(staged_setup());
  set(scene);
  scene.staged.answer_once(end(), kTooManyAtOnce);
  scene.staged.answer_once("RCPT", kFine);
  scene.staged.answer("RCPT", "550 5.1.1 Unknown by now");
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  const std::string reply = erp.send(std::string(kShortMessage) + ".\r\n", 10s);
  EXPECT_TRUE(starts(reply, "451-4.4.2 "));
  EXPECT_TRUE(holds(reply, "550 5.1.1 Unknown by now"));
  EXPECT_EQ(scene.record().outcome, observe::Outcome::failed);
}

// It must not be left out: the client was told that it is accepted.
TEST_P(PutOffTest, ARecipientThatIsThrottledOnAnotherConnectionIsOfferedOnceMore) {
  for (const char* throttle : {"432 4.3.2 Concurrent connections limit exceeded",
                               "454 Throttling failure: Maximum sending rate exceeded."}) {
    Scene scene(staged_setup());
    set(scene);
    scene.staged.on_connection(1).hang_up_at("RCPT TO:<c@example.net>");
    scene.staged.on_connection(2).answer_once("RCPT TO:<b@example.net>", throttle);
    MailProgram erp(scene);
    erp.introduce();
    EXPECT_EQ(erp.begin("a@example.net"), kFine);
    EXPECT_EQ(erp.say("RCPT TO:<b@example.net>"), kFine);
    EXPECT_EQ(erp.say("RCPT TO:<c@example.net>", 25s), kFine) << throttle;
    EXPECT_EQ(scene.staged.times("RCPT TO:<b@example.net>"), 3U);
    erp.say("DATA");
    EXPECT_EQ(erp.send(std::string(kShortMessage) + ".\r\n"), "250 2.0.0 Taken");
  }
}

TEST_P(PutOffTest, ARecipientThatStaysThrottledOnAnotherConnectionFailsTheMessage) {
  Scene scene(staged_setup());
  set(scene);
  scene.staged.on_connection(1).hang_up_at("RCPT TO:<c@example.net>");
  for (std::size_t connection = 2; connection <= 6; ++connection) {
    scene.staged.on_connection(connection)
        .answer("RCPT TO:<b@example.net>",
                "454 Throttling failure: Maximum sending rate exceeded.");
  }
  MailProgram erp(scene);
  erp.introduce();
  erp.begin("a@example.net");
  EXPECT_EQ(erp.say("RCPT TO:<b@example.net>"), kFine);
  EXPECT_TRUE(starts(erp.say("RCPT TO:<c@example.net>", 120s), "451-4."));
  EXPECT_TRUE(starts(erp.say("DATA"), "4"));
  EXPECT_TRUE(scene.staged.bodies.empty());
}

TEST_P(PutOffTest, AThrottledRateAtMailWaitsAndGoesOn) {
  Scene scene(staged_setup());
  set(scene);
  scene.staged.answer_once("MAIL", kTooFast);
  MailProgram erp(scene);
  erp.introduce();
  erp.say("MAIL FROM:<erp@example.org>");
  EXPECT_EQ(erp.say("RCPT TO:<a@example.net>", 1s), "");
  EXPECT_EQ(erp.hear(5s), kFine);
  EXPECT_FALSE(erp.cut_off());
}

TEST_P(PutOffTest, ARateThatStaysThrottledIsRefusedWhenPatienceIsOver) {
  Scene scene(staged_setup());
  set(scene);
  scene.staged.answer("MAIL", kTooFast);
  MailProgram erp(scene);
  erp.introduce();
  erp.say("MAIL FROM:<erp@example.org>");
  EXPECT_EQ(erp.say("RCPT TO:<a@example.net>", 10s), "");
  EXPECT_TRUE(starts(erp.hear(30s), "4"));
  EXPECT_LE(scene.staged.times("MAIL"), 6U);
}

TEST_P(PutOffTest, AThrottledMessageHoldsTheOthersOfItsLoginBackToo) {
  Scene scene(staged_setup());
  set(scene);
  scene.staged.answer_once("MAIL", kTooFast);
  MailProgram first(scene);
  MailProgram second(scene);
  first.introduce();
  second.introduce();
  first.say("MAIL FROM:<erp@example.org>");
  second.say("MAIL FROM:<erp@example.org>");
  first.say("RCPT TO:<a@example.net>", 10ms);
  EXPECT_EQ(second.say("RCPT TO:<b@example.net>", 500ms), "");
  EXPECT_EQ(scene.staged.times("MAIL"), 1U);
  EXPECT_EQ(second.hear(5s), kFine);
}

TEST(PutOffData, AThrottleInsteadOfTheGoAheadIsWaitedFor) {
  Scene scene(staged_setup());
  scene.staged.offer("PIPELINING");
  scene.staged.answer_once("DATA", kTooManyAtOnce);
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.begin("a@example.net"), kFine);
  EXPECT_EQ(erp.say("DATA", 500ms), "") << "the upstream has a moment";
  EXPECT_TRUE(starts(erp.hear(5s), "354 "));
  EXPECT_EQ(erp.send(std::string(kShortMessage) + ".\r\n"), "250 2.0.0 Taken");
  EXPECT_EQ(scene.staged.times("RCPT"), 2U);
  EXPECT_EQ(scene.staged.bodies, std::vector<std::string>{std::string(kShortMessage)});
}

TEST(PutOffData, WhenPatienceIsOverTheUpstreamsOwnThrottleIsTheReply) {
  for (const char* throttle : {kTooManyAtOnce, kRateExceeded}) {
    Scene scene(staged_setup());
    scene.staged.offer("PIPELINING");
    scene.staged.answer("DATA", throttle);
    MailProgram erp(scene);
    erp.introduce();
    EXPECT_EQ(erp.begin("a@example.net"), kFine);
    EXPECT_EQ(erp.say("DATA", 10s), "");
    EXPECT_EQ(erp.hear(30s), throttle);
    EXPECT_EQ(scene.record().outcome, observe::Outcome::refused);
    EXPECT_LE(scene.staged.times("DATA"), 6U) << "each pause is longer than the one before";
  }
}

TEST(PutOffData, ARecipientThatIsRefusedTheSecondTimeFailsTheMessage) {
  Scene scene(staged_setup());
  scene.staged.offer("PIPELINING");
  scene.staged.answer_once("DATA", kTooManyAtOnce);
  scene.staged.answer_once("RCPT", kFine);
  scene.staged.answer("RCPT", "550 5.1.1 Unknown by now");
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.begin("a@example.net"), kFine);
  const std::string reply = erp.say("DATA", 10s);
  EXPECT_TRUE(starts(reply, "451-4.4.2 ")) << reply;
  EXPECT_TRUE(holds(reply, "550 5.1.1 Unknown by now")) << reply;
  EXPECT_TRUE(scene.staged.bodies.empty());
}

// A client that is not to wait hears at once what the upstream said; the next message is held back
// all the same.
class NoPatience : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(AtEachCommand, NoPatience, ::testing::Values("MAIL", "RCPT", "DATA", "."));

TEST_P(NoPatience, AThrottleIsHeardAtOnceAndTheNextMessageIsToldWhenItMayBegin) {
  Arrangement setup = staged_setup();
  setup.upstream.patience = 0s;
  Scene scene(std::move(setup));
  scene.staged.offer("PIPELINING");
  scene.staged.answer_once(GetParam(), kRateExceeded);
  MailProgram erp(scene);
  erp.introduce();
  // All of it within the second that a throttle holds the next message back.
  const auto begin = [&] {
    erp.say("MAIL FROM:<erp@example.org>", 50ms);
    return erp.say("RCPT TO:<a@example.net>", 50ms);
  };
  std::string heard = begin();
  heard += erp.say("DATA", 50ms);
  heard += erp.send(std::string(kShortMessage) + ".\r\n", 50ms);
  EXPECT_TRUE(holds(heard, kRateExceeded)) << heard;
  erp.say("RSET", 50ms);
  const std::size_t before = scene.staged.times("MAIL");
  const std::string reply = begin();
  EXPECT_TRUE(starts(reply, "451-4.3.2 ")) << reply;
  EXPECT_TRUE(holds(reply, "the next one may begin in ")) << reply;
  EXPECT_EQ(scene.staged.times("MAIL"), before);
}

Arrangement login_setup() {
  Arrangement setup = staged_setup();
  setup.upstream.auth = auth::Choice::automatic;
  return setup;
}

TEST(PutOffLogin, TooManyLoginsAreWaitedFor) {
  Scene scene(login_setup());
  scene.staged.offer("PIPELINING\nAUTH PLAIN");
  scene.staged.answer_once("AUTH", kTooManyLogins);
  MailProgram erp(scene);
  erp.introduce();
  erp.say("MAIL FROM:<erp@example.org>");
  EXPECT_EQ(erp.say("RCPT TO:<a@example.net>", 5s), "");
  EXPECT_EQ(erp.hear(5s), kFine);
  EXPECT_EQ(scene.staged.times("AUTH"), 2U);
}

TEST(PutOffLogin, WhenPatienceIsOverTheReplyIsWhatTheUpstreamSaid) {
  Scene scene(login_setup());
  scene.staged.offer("PIPELINING\nAUTH PLAIN");
  scene.staged.answer("AUTH", kTooManyLogins);
  MailProgram erp(scene);
  erp.introduce();
  erp.say("MAIL FROM:<erp@example.org>");
  const std::string reply = erp.say("RCPT TO:<a@example.net>", 40s);
  EXPECT_TRUE(starts(reply, "454-4.7.0 "));
  EXPECT_TRUE(holds(reply, kTooManyLogins));
  EXPECT_LE(scene.staged.times("AUTH"), 3U);
}

}  // namespace
}  // namespace truerelay::relay
