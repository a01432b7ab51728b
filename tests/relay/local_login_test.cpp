// auth = "required" and "optional": clients log in as users of truerelay's own.

#include "base/base64.h"
#include "tests/relay/mail_program.h"

namespace truerelay::relay {
namespace {

Arrangement local_setup(ClientAuth auth) {
  Arrangement setup;
  setup.listener.auth = auth;
  return setup;
}

std::string plain(const std::string& user, const std::string& password) {
  std::string message;
  message += '\0';
  message += user;
  message += '\0';
  message += password;
  return base64_encode(message);
}

const std::string kRight = plain("scanner", "paper jam");
const std::string kWrong = plain("scanner", "paper jam!");

TEST(LocalLogin, WhereItIsRequiredComesBeforeMail) {
  Scene scene(local_setup(ClientAuth::required));
  MailProgram scanner(scene);
  EXPECT_TRUE(holds(scanner.introduce(), "AUTH PLAIN LOGIN"));
  EXPECT_TRUE(starts(scanner.say("MAIL FROM:<erp@example.org>"), "530 5.7.0 "));
  EXPECT_TRUE(starts(scanner.say("RCPT TO:<a@example.net>"), "503 "));
  EXPECT_EQ(scanner.say("AUTH PLAIN " + kRight), "235 2.7.0 Authentication successful");
  EXPECT_FALSE(holds(scanner.say("EHLO scanner.example"), "AUTH"));
  EXPECT_TRUE(starts(scanner.deliver("a@example.net"), "250 2.6.0 "));
  EXPECT_EQ(scene.message().envelope.user, "erp@example.org") << "upstream it is the relay's login";
}

TEST(LocalLogin, WhereItIsOptionalIsOfferedAndNotAskedFor) {
  Scene scene(local_setup(ClientAuth::optional));
  MailProgram scanner(scene);
  EXPECT_TRUE(holds(scanner.introduce(), "AUTH PLAIN LOGIN"));
  EXPECT_TRUE(starts(scanner.deliver("a@example.net"), "250 2.6.0 "));
  EXPECT_TRUE(starts(scanner.say("AUTH PLAIN " + kRight), "235 "));
  EXPECT_TRUE(starts(scanner.deliver("a@example.net"), "250 2.6.0 "));
}

TEST(LocalLogin, StandsInTheRecordOfEachMessageUntilTheClientGoes) {
  Scene scene(local_setup(ClientAuth::optional));
  MailProgram scanner(scene);
  scanner.introduce();
  scanner.deliver("a@example.net");
  EXPECT_TRUE(starts(scanner.say("AUTH PLAIN " + kWrong, 4s), "535 "));
  scanner.deliver("b@example.net");
  EXPECT_TRUE(starts(scanner.say("AUTH PLAIN " + kRight), "235 "));
  scanner.deliver("c@example.net");
  scanner.deliver("d@example.net");
  MailProgram another(scene);
  another.introduce();
  another.deliver("e@example.net");
  std::vector<std::string> users;
  for (const observe::MessageRecord& message : scene.records.messages) {
    users.push_back(message.client_user);
  }
  EXPECT_EQ(users, (std::vector<std::string>{"", "", "scanner", "scanner", ""}));
}

TEST(LocalLogin, AsksInTheWordsThatOldDevicesExpect) {
  Scene scene(local_setup(ClientAuth::required));
  MailProgram scanner(scene);
  scanner.introduce();
  EXPECT_EQ(scanner.say("auth login"), "334 VXNlcm5hbWU6");
  EXPECT_EQ(scanner.say(base64_encode("scanner")), "334 UGFzc3dvcmQ6");
  EXPECT_TRUE(starts(scanner.say(base64_encode("paper jam")), "235 "));
}

TEST(LocalLogin, TakesTheUserWithTheCommandAndThePlainMessageWhenAsked) {
  Scene scene(local_setup(ClientAuth::required));
  MailProgram first(scene);
  first.introduce();
  EXPECT_EQ(first.say("AUTH LOGIN " + base64_encode("scanner")), "334 UGFzc3dvcmQ6");
  EXPECT_TRUE(starts(first.say(base64_encode("paper jam")), "235 "));
  MailProgram second(scene);
  second.introduce();
  EXPECT_EQ(second.say("AUTH PLAIN"), "334 ");
  EXPECT_TRUE(starts(second.say(kRight), "235 "));
}

TEST(LocalLogin, ThatIsWrongIsRefusedAfterThreeSeconds) {
  Scene scene(local_setup(ClientAuth::required));
  MailProgram scanner(scene);
  scanner.introduce();
  for (const std::string& wrong : {kWrong, plain("nobody", "paper jam"), plain("scanner", "")}) {
    EXPECT_EQ(scanner.say("AUTH PLAIN " + wrong, 2900ms), "");
    EXPECT_TRUE(starts(scanner.hear(200ms), "535 5.7.8 "));
    EXPECT_TRUE(starts(scanner.say("MAIL FROM:<erp@example.org>"), "530 "));
  }
  EXPECT_TRUE(scene.noted("", "listener erp, client 127.0.0.1:"));
  EXPECT_TRUE(scene.noted("", "wrong user or password"));
  EXPECT_TRUE(starts(scanner.say("AUTH PLAIN " + kRight), "235 "));
}

TEST(LocalLogin, CanBeGotWrongFiveTimes) {
  Scene scene(local_setup(ClientAuth::required));
  MailProgram guesser(scene);
  guesser.introduce();
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(starts(guesser.say("AUTH PLAIN " + kWrong, 4s), "535 "));
    EXPECT_FALSE(guesser.cut_off());
  }
  EXPECT_TRUE(holds(guesser.say("AUTH PLAIN " + kWrong, 4s), "\n421 4.7.0 "));
  EXPECT_TRUE(guesser.cut_off());
}

TEST(LocalLogin, ThatCannotBeCheckedIsPutOffAndTheLogSaysWhy) {
  Arrangement setup = local_setup(ClientAuth::required);
  setup.users.trouble = "the vault is locked away";
  Scene scene(std::move(setup));
  MailProgram scanner(scene);
  scanner.introduce();
  const std::string reply = scanner.say("AUTH PLAIN " + kRight);
  EXPECT_TRUE(starts(reply, "454 4.7.0 "));
  EXPECT_FALSE(holds(reply, "locked away"));
  EXPECT_TRUE(scene.noted("", "the vault is locked away"));
}

TEST(LocalLogin, CanBeCancelledAndMustBeWellFormed) {
  Scene scene(local_setup(ClientAuth::required));
  MailProgram scanner(scene);
  scanner.introduce();
  scanner.say("AUTH LOGIN");
  EXPECT_EQ(scanner.say("*"), "501 5.7.0 Authentication cancelled");
  EXPECT_TRUE(starts(scanner.say("AUTH PLAIN " + base64_encode("no NUL")), "501 5.5.2 "));
  EXPECT_TRUE(starts(scanner.say("AUTH CRAM-MD5"), "504 5.5.4 "));
  EXPECT_TRUE(starts(scanner.say("AUTH PLAIN " + plain("scan\nner", "paper jam")), "501 5.5.2 "));
  EXPECT_EQ(scene.users().asked, 0U);
}

TEST(LocalLogin, IsDoneOnceAndNotInATransaction) {
  Scene scene(local_setup(ClientAuth::optional));
  MailProgram scanner(scene);
  scanner.introduce();
  scanner.say("MAIL FROM:<erp@example.org>");
  EXPECT_TRUE(starts(scanner.say("AUTH PLAIN " + kRight), "503 5.5.1 "));
  scanner.say("RSET");
  EXPECT_TRUE(starts(scanner.say("AUTH PLAIN " + kRight), "235 "));
  EXPECT_TRUE(starts(scanner.say("AUTH PLAIN " + kRight), "503 5.5.1 "));
}

TEST(LocalLogin, NeverGoesUpstream) {
  Scene scene(local_setup(ClientAuth::required));
  MailProgram scanner(scene);
  scanner.introduce();
  scanner.say("AUTH PLAIN " + kRight);
  scanner.deliver("a@example.net");
  ASSERT_EQ(scene.ledger.logins.size(), 1U);
  EXPECT_EQ(scene.message().envelope.user, "erp@example.org");
}

TEST(LocalLogin, ComesAfterStartTlsWhereThereIsStartTls) {
  Arrangement setup = local_setup(ClientAuth::required);
  setup.listener.tls = Tls::starttls;
  setup.listener_has_tls = true;
  Scene scene(std::move(setup));
  MailProgram scanner(scene);
  EXPECT_FALSE(holds(scanner.introduce(), "AUTH"));
  EXPECT_TRUE(starts(scanner.say("AUTH PLAIN " + kRight), "538 5.7.11 "));
  EXPECT_TRUE(starts(scanner.say("MAIL FROM:<erp@example.org>"), "530 "));
  EXPECT_EQ(scene.users().asked, 0U);
  scanner.start_tls();
  EXPECT_TRUE(holds(scanner.say("EHLO scanner.example"), "AUTH PLAIN LOGIN"));
  EXPECT_TRUE(starts(scanner.say("AUTH PLAIN " + kRight), "235 "));
  EXPECT_TRUE(starts(scanner.deliver("a@example.net"), "250 2.6.0 "));
}

TEST(LocalLogin, ThatIsBeingRefusedDoesNotHoldUpTheStop) {
  Scene scene(local_setup(ClientAuth::required));
  MailProgram scanner(scene);
  scanner.introduce();
  EXPECT_EQ(scanner.say("AUTH PLAIN " + kWrong, 100ms), "");
  scene.stopping.cancel();
  scene.stopped.cancel();
  EXPECT_TRUE(starts(scanner.hear(500ms), "421 4.3.2 "));
}

TEST(LocalLogin, LeavesNoPasswordInAnyRecordOrReply) {
  Scene scene(local_setup(ClientAuth::required));
  MailProgram scanner(scene);
  std::string replies = scanner.introduce();
  replies += scanner.say("AUTH PLAIN " + kWrong, 4s);
  replies += scanner.say("AUTH LOGIN");
  replies += scanner.say(base64_encode("paper jam"), 1s);  // The password in the user's place.
  replies += scanner.say(base64_encode("paper jam"), 4s);
  replies += scanner.say("AUTH PLAIN " + kRight);
  scanner.deliver("a@example.net");
  scanner.hang_up();
  for (const std::string& secret : {std::string("paper jam"), base64_encode("paper jam"), kRight}) {
    EXPECT_FALSE(holds(replies + scene.records.everything(), secret));
  }
}

}  // namespace
}  // namespace truerelay::relay
