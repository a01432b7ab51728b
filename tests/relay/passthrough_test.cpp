// auth = "passthrough": each client logs in upstream as itself.

#include "base/base64.h"
#include "tests/relay/mail_program.h"

namespace truerelay::relay {
namespace {

std::string plain(const std::string& user, const std::string& password) {
  std::string message;
  message += '\0';
  message += user;
  message += '\0';
  message += password;
  return base64_encode(message);
}

const std::string kRight = plain("erp@example.org", "correct horse");
const std::string kWrong = plain("erp@example.org", "battery staple");

TEST(Passthrough, PlainAndLoginAreOfferedBeforeTheLoginAndNotAfter) {
  Scene scene(passthrough_setup());
  MailProgram erp(scene);
  EXPECT_TRUE(erp.introduce().ends_with("\n250 AUTH PLAIN LOGIN"));
  EXPECT_TRUE(starts(erp.say("AUTH PLAIN " + kRight), "235 "));
  EXPECT_FALSE(holds(erp.say("EHLO erp.example"), "AUTH"));
}

TEST(Passthrough, PlainWithAnInitialResponseLogsInAsTheClient) {
  Scene scene(passthrough_setup());
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_TRUE(starts(erp.say("AUTH PLAIN " + kRight), "235 2.7.0 "));
  EXPECT_TRUE(starts(erp.deliver("a@example.net"), "250 2.6.0 "));
  EXPECT_EQ(scene.message().envelope.user, "erp@example.org");
  EXPECT_EQ(scene.ledger.connections.size(), 1U) << "the login's connection is the message's";
  EXPECT_EQ(scene.record().user, "erp@example.org");
}

TEST(Passthrough, PlainWithoutAnInitialResponseIsAskedForIt) {
  Scene scene(passthrough_setup());
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.say("AUTH PLAIN"), "334 ");
  EXPECT_TRUE(starts(erp.say(kRight), "235 2.7.0 "));
}

TEST(Passthrough, LoginAsksInTheWordsThatOldDevicesExpect) {
  Scene scene(passthrough_setup());
  MailProgram scanner(scene);
  scanner.introduce();
  EXPECT_EQ(scanner.say("AUTH LOGIN"), "334 VXNlcm5hbWU6");
  EXPECT_EQ(scanner.say(base64_encode("erp@example.org")), "334 UGFzc3dvcmQ6");
  EXPECT_TRUE(starts(scanner.say(base64_encode("correct horse")), "235 2.7.0 "));
}

TEST(Passthrough, LoginTakesTheUserWithTheCommand) {
  Scene scene(passthrough_setup());
  MailProgram scanner(scene);
  scanner.introduce();
  EXPECT_EQ(scanner.say("AUTH LOGIN " + base64_encode("erp@example.org")), "334 UGFzc3dvcmQ6");
  EXPECT_TRUE(starts(scanner.say(base64_encode("correct horse")), "235 2.7.0 "));
}

TEST(Passthrough, SmallLettersAreTaken) {
  Scene scene(passthrough_setup());
  MailProgram scanner(scene);
  scanner.introduce();
  EXPECT_EQ(scanner.say("auth login"), "334 VXNlcm5hbWU6");
  scanner.say(base64_encode("erp@example.org"));
  EXPECT_TRUE(starts(scanner.say(base64_encode("correct horse")), "235 2.7.0 "));
}

TEST(Passthrough, AnAsteriskCancels) {
  Scene scene(passthrough_setup());
  MailProgram erp(scene);
  erp.introduce();
  erp.say("AUTH PLAIN");
  EXPECT_EQ(erp.say("*"), "501 5.7.0 Authentication cancelled");
  erp.say("AUTH LOGIN");
  EXPECT_EQ(erp.say("*"), "501 5.7.0 Authentication cancelled");
  erp.say("AUTH LOGIN");
  erp.say(base64_encode("erp@example.org"));
  EXPECT_EQ(erp.say("*"), "501 5.7.0 Authentication cancelled");
  EXPECT_TRUE(scene.ledger.connections.empty());
  EXPECT_TRUE(starts(erp.say("AUTH PLAIN " + kRight), "235 "));
}

TEST(Passthrough, AWrongPasswordGivesTheUpstreamsOwnRefusalAndMayBeTriedAgain) {
  Scene scene(passthrough_setup());
  MailProgram erp(scene);
  erp.introduce();
  const std::string reply = erp.say("AUTH PLAIN " + kWrong);
  EXPECT_TRUE(starts(reply, "535 5.7.8 "));
  EXPECT_FALSE(holds(reply, "truerelay"));
  EXPECT_TRUE(starts(erp.say("AUTH PLAIN " + kRight), "235 "));
}

TEST(Passthrough, AnUpstreamThatPutsTheLoginOffIsHeardInItsOwnWords) {
  Arrangement setup = passthrough_setup();
  setup.staged = true;
  Scene scene(std::move(setup));
  scene.staged.offer("AUTH PLAIN");
  scene.staged.answer("AUTH", "454-4.7.0 Not now\n454 4.7.0 Later");
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.say("AUTH PLAIN " + kRight), "454-4.7.0 Not now\n454 4.7.0 Later");
}

TEST(Passthrough, AnUnreachableUpstreamIsTheAnswerToAuth) {
  Scene scene(passthrough_setup());
  scene.network.stop_listening("mail.example", 587);
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_TRUE(starts(erp.say("AUTH PLAIN " + kRight), "451-4.4.1 "));
}

TEST(Passthrough, MailBeforeTheLoginIs530) {
  Scene scene(passthrough_setup());
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.say("MAIL FROM:<erp@example.org>"),
            "530 5.7.0 Authentication required: the upstream is to know who sends");
}

TEST(Passthrough, ASecondLoginIs503AndSoIsOneInATransaction) {
  Scene scene(passthrough_setup());
  MailProgram erp(scene);
  erp.introduce();
  erp.say("AUTH PLAIN " + kRight);
  EXPECT_EQ(erp.say("AUTH PLAIN " + kRight),
            "503 5.5.1 AUTH was done already, or a transaction is open");
  EXPECT_EQ(scene.ledger.logins.size(), 1U);
}

TEST(Passthrough, BeforeEhloItIs503) {
  Scene scene(passthrough_setup());
  MailProgram erp(scene);
  erp.hear();
  EXPECT_EQ(erp.say("AUTH PLAIN " + kRight), "503 5.5.1 Send EHLO or HELO first");
}

TEST(Passthrough, WhatIsNoBase64OrNoPlainMessageIs501AndGoesNowhere) {
  Scene scene(passthrough_setup());
  MailProgram erp(scene);
  erp.introduce();
  const std::string malformed = "501 5.5.2 That is not what the AUTH mechanism expects in base64";
  EXPECT_EQ(erp.say("AUTH PLAIN " + base64_encode("no NUL at all")), malformed);
  EXPECT_EQ(erp.say("AUTH PLAIN " + plain("two", std::string("NUL\0s", 5))), malformed);
  EXPECT_EQ(erp.say("AUTH PLAIN " + plain("new\nline", "x")), malformed);
  EXPECT_EQ(erp.say("AUTH PLAIN"), "334 ");
  EXPECT_EQ(erp.say("=not=base64="), malformed);
  EXPECT_TRUE(scene.ledger.connections.empty());
}

TEST(Passthrough, AnotherMechanismIs504) {
  Scene scene(passthrough_setup());
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.say("AUTH CRAM-MD5"), "504 5.5.4 Use AUTH PLAIN or AUTH LOGIN");
}

TEST(Passthrough, WithoutItAuthIsNotNeeded) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.say("AUTH PLAIN " + kRight),
            "503 5.5.1 No login is needed here: truerelay logs in upstream by itself");
}

TEST(Passthrough, AClientThatFallsSilentInTheMiddleOfALoginHears421) {
  Arrangement setup = passthrough_setup();
  setup.listener.command_timeout = 1min;
  Scene scene(std::move(setup));
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.say("AUTH LOGIN", 30s), "334 VXNlcm5hbWU6");
  EXPECT_TRUE(starts(erp.hear(40s), "421 4.4.2 "));
  EXPECT_TRUE(erp.hear(5s).empty());
  EXPECT_TRUE(erp.cut_off());
}

TEST(Passthrough, ALostConnectionIsReplacedByOneThatIsLoggedInAsTheSameClient) {
  Arrangement setup = passthrough_setup();
  setup.practice.most_messages = 1;
  Scene scene(std::move(setup));
  MailProgram erp(scene);
  erp.introduce();
  erp.say("AUTH PLAIN " + kRight);
  EXPECT_TRUE(starts(erp.deliver("a@example.net"), "250 2.6.0 <1-1@"));
  EXPECT_TRUE(starts(erp.deliver("b@example.net"), "250 2.6.0 <2-1@"));
  ASSERT_EQ(scene.ledger.messages.size(), 2U);
  EXPECT_EQ(scene.ledger.messages[1].envelope.user, "erp@example.org");
}

TEST(Passthrough, TwoClientsNeverShareALogin) {
  Arrangement setup = passthrough_setup();
  sandbox::Account other;
  other.user = "scanner@example.org";
  other.password = Redacted("paper jam");
  setup.practice.accounts.push_back(std::move(other));
  Scene scene(std::move(setup));
  MailProgram erp(scene);
  MailProgram scanner(scene);
  erp.introduce();
  scanner.introduce();
  erp.say("AUTH PLAIN " + kRight);
  EXPECT_TRUE(starts(scanner.say("MAIL FROM:<scanner@example.org>"), "530 "));
  scanner.say("AUTH PLAIN " + plain("scanner@example.org", "paper jam"));
  scanner.deliver("a@example.net");
  erp.deliver("a@example.net");
  ASSERT_EQ(scene.ledger.messages.size(), 2U);
  EXPECT_EQ(scene.ledger.messages[0].envelope.user, "scanner@example.org");
  EXPECT_EQ(scene.ledger.messages[1].envelope.user, "erp@example.org");
}

}  // namespace
}  // namespace truerelay::relay
