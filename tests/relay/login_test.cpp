// The relay's own login at an upstream (RFC 4954): a secret goes out where it belongs, or not at
// all.

#include "base/base64.h"
#include "tests/relay/mail_program.h"

namespace truerelay::relay {
namespace {

Arrangement login_setup(auth::Choice choice) {
  Arrangement setup;
  setup.upstream.auth = choice;
  if (choice == auth::Choice::xoauth2 || choice == auth::Choice::oauthbearer) {
    setup.login.kind = auth::Credentials::Kind::token;
    setup.login.secret = "ya29.token";
  }
  return setup;
}

const std::string kUser = base64_encode("erp@example.org");
const std::string kPassword = base64_encode("correct horse");

TEST(Login, EveryMechanismIsAcceptedByTheUpstream) {
  for (const auto& [choice, name] :
       {std::pair{auth::Choice::plain, "PLAIN"}, std::pair{auth::Choice::login, "LOGIN"},
        std::pair{auth::Choice::xoauth2, "XOAUTH2"},
        std::pair{auth::Choice::oauthbearer, "OAUTHBEARER"}}) {
    Scene scene(login_setup(choice));
    MailProgram erp(scene);
    erp.introduce();
    EXPECT_TRUE(starts(erp.deliver("a@example.net"), "250 2.6.0 ")) << name;
    ASSERT_EQ(scene.ledger.logins.size(), 1U);
    EXPECT_EQ(scene.ledger.logins[0].mechanism, name);
  }
}

TEST(Login, PlainGoesWithTheCommandInOneRoundTrip) {
  Arrangement setup = login_setup(auth::Choice::plain);
  setup.staged = true;
  Scene scene(std::move(setup));
  scene.staged.offer("AUTH PLAIN");
  MailProgram erp(scene);
  erp.introduce();
  erp.begin("a@example.net");
  ASSERT_GE(scene.staged.flights.size(), 2U);
  const std::string message("\0erp@example.org\0correct horse", 30);
  EXPECT_EQ(scene.staged.flights[1], "AUTH PLAIN " + base64_encode(message) + "\n");
}

TEST(Login, ATokenTooLongForACommandLineIsSentWhenItIsAskedFor) {
  Arrangement setup = login_setup(auth::Choice::xoauth2);
  setup.staged = true;
  setup.login.secret = std::string(2000, 't');
  Scene scene(std::move(setup));
  scene.staged.offer("AUTH XOAUTH2");
  scene.staged.answer("AUTH", "334 ");
  const std::string message = base64_encode(
      "user=erp@example.org\x01"
      "auth=Bearer " +
      std::string(2000, 't') + "\x01\x01");
  scene.staged.answer(message, "235 2.7.0 Welcome");
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.begin("a@example.net"), "250 2.1.5 Recipient fine");
  EXPECT_EQ(scene.staged.flights[1], "AUTH XOAUTH2\n");
  EXPECT_EQ(scene.staged.flights[2], message + "\n");
}

TEST(Login, AThirdQuestionToLoginIsAnsweredWithAnAsterisk) {
  Arrangement setup = login_setup(auth::Choice::login);
  setup.staged = true;
  Scene scene(std::move(setup));
  scene.staged.offer("AUTH LOGIN");
  scene.staged.answer("AUTH", "334 VXNlcm5hbWU6");
  scene.staged.answer(kUser, "334 UGFzc3dvcmQ6");
  scene.staged.answer(kPassword, "334 UGFzc3dvcmQ6");
  scene.staged.answer("*", "501 5.7.0 Cancelled");
  MailProgram erp(scene);
  erp.introduce();
  const std::string reply = erp.begin("a@example.net");
  EXPECT_TRUE(starts(reply, "554-5.7.8 "));
  EXPECT_TRUE(holds(reply, "501 5.7.0 Cancelled"));
  EXPECT_TRUE(scene.staged.heard("*\n"));
}

TEST(Login, AChallengeToPlainIsAnsweredWithAnAsteriskAndNeverWithTheSecret) {
  Arrangement setup = login_setup(auth::Choice::plain);
  setup.staged = true;
  Scene scene(std::move(setup));
  scene.staged.offer("AUTH PLAIN");
  scene.staged.answer("AUTH", "334 " + base64_encode("Password, once more, in clear:"));
  scene.staged.answer("*", "501 5.7.0 Cancelled");
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_TRUE(starts(erp.begin("a@example.net"), "554-5.7.8 "));
  EXPECT_EQ(scene.staged.flights.back(), "*\n");
}

TEST(Login, AQuestionThatIsNoBase64IsAnsweredWithAnAsterisk) {
  Arrangement setup = login_setup(auth::Choice::login);
  setup.staged = true;
  Scene scene(std::move(setup));
  scene.staged.offer("AUTH LOGIN");
  scene.staged.answer("AUTH", "334 !!!");
  scene.staged.answer("*", "501 5.7.0 Cancelled");
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_TRUE(starts(erp.begin("a@example.net"), "554-5.7.8 "));
  EXPECT_FALSE(scene.staged.heard(kUser));
}

TEST(Login, AnAcceptanceBeforeThePasswordIsAProtocolViolation) {
  Arrangement setup = login_setup(auth::Choice::login);
  setup.staged = true;
  Scene scene(std::move(setup));
  scene.staged.offer("AUTH LOGIN");
  scene.staged.answer("AUTH", "334 VXNlcm5hbWU6");
  scene.staged.answer(kUser, "235 2.7.0 Welcome, whoever you are");
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_TRUE(starts(erp.begin("a@example.net"), "451-4.5.0 "));
  EXPECT_FALSE(scene.staged.heard("MAIL"));
}

TEST(Login, ATokenIsNotTheAnswerToAnotherQuestionThanTheEmptyOne) {
  Arrangement setup = login_setup(auth::Choice::xoauth2);
  setup.staged = true;
  setup.login.secret = std::string(2000, 't');
  Scene scene(std::move(setup));
  scene.staged.offer("AUTH XOAUTH2");
  scene.staged.answer("AUTH", "334 " + base64_encode("What is your password?"));
  scene.staged.answer("*", "501 5.7.0 Cancelled");
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_TRUE(starts(erp.begin("a@example.net"), "554-5.7.8 "));
  EXPECT_EQ(scene.staged.flights.back(), "*\n");
}

TEST(Login, AnAcceptanceOfACancelledLoginIsAProtocolViolation) {
  Arrangement setup = login_setup(auth::Choice::plain);
  setup.staged = true;
  Scene scene(std::move(setup));
  scene.staged.offer("AUTH PLAIN");
  scene.staged.answer("AUTH", "334 ");
  scene.staged.answer("*", "235 2.7.0 Welcome all the same");
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_TRUE(starts(erp.begin("a@example.net"), "451-4.5.0 "));
}

TEST(Login, TheErrorOfARefusedTokenIsAnsweredOnceAndTheRefusalHeard) {
  for (const auth::Choice choice : {auth::Choice::xoauth2, auth::Choice::oauthbearer}) {
    Arrangement setup = login_setup(choice);
    setup.login.secret = "expired";
    setup.practice.bad_token = sandbox::BadToken::error_step;
    Scene scene(std::move(setup));
    MailProgram erp(scene);
    erp.introduce();
    const std::string reply = erp.begin("a@example.net");
    EXPECT_TRUE(starts(reply, "554-5.7.8 Upstream contoso"));
    EXPECT_TRUE(holds(reply, "\n554-5.7.8 535 5.7."));
    ASSERT_EQ(scene.ledger.logins.size(), 1U);
    EXPECT_FALSE(scene.ledger.logins[0].accepted);
  }
}

TEST(Login, ATokenRefusedAtOnceIsHeardAsWell) {
  Arrangement setup = login_setup(auth::Choice::xoauth2);
  setup.login.secret = "expired";
  setup.practice.bad_token = sandbox::BadToken::refused_at_once;
  Scene scene(std::move(setup));
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_TRUE(holds(erp.begin("a@example.net"), "\n554-5.7.8 535 5.7."));
}

TEST(Login, WhatIsOfferedBeforeTlsDoesNotCount) {
  Arrangement setup;
  setup.upstream.tls = Tls::starttls;
  setup.upstream_has_tls = true;
  setup.practice.require_tls = true;
  setup.practice.auth_without_tls = false;  // AUTH is offered after the handshake only.
  Scene scene(std::move(setup));
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.begin("a@example.net"), "250 2.1.5 Recipient OK");
  EXPECT_EQ(scene.ledger.logins.size(), 1U);
  EXPECT_EQ(scene.ledger.handshakes.size(), 1U);
}

TEST(Login, EachNewConnectionTakesTheCredentialsAnew) {
  Arrangement setup;
  setup.practice.most_messages = 1;
  Scene scene(std::move(setup));
  MailProgram erp(scene);
  erp.introduce();
  erp.deliver("a@example.net");
  scene.login().secret = "changed";
  EXPECT_TRUE(starts(erp.begin("b@example.net"), "554-5.7.8 "));
  ASSERT_EQ(scene.ledger.logins.size(), 2U);
  EXPECT_FALSE(scene.ledger.logins[1].accepted);
}

}  // namespace
}  // namespace truerelay::relay
