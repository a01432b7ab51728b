// A login with an access token: what a refusal of it means, and what the client hears.

#include "base/base64.h"
#include "tests/relay/mail_program.h"

namespace truerelay::relay {
namespace {

Arrangement token_setup() {
  Arrangement setup;
  setup.upstream.auth = auth::Choice::xoauth2;
  setup.login.kind = auth::Credentials::Kind::token;
  setup.login.secret = "ya29.token";
  return setup;
}

std::string begin(Scene& scene) {
  MailProgram erp(scene);
  erp.introduce();
  return erp.begin("a@example.net");
}

TEST(TokenLogin, ARefusedTokenIsReplacedAndTheClientNoticesNothing) {
  Arrangement setup = token_setup();
  setup.login.secret = "expired";
  setup.login.replacement = "ya29.token";
  Scene scene(std::move(setup));
  EXPECT_EQ(begin(scene), "250 2.1.5 Recipient OK");
  EXPECT_EQ(scene.login().refused, 1U);
  ASSERT_EQ(scene.ledger.logins.size(), 2U);
  EXPECT_FALSE(scene.ledger.logins[0].accepted);
  EXPECT_TRUE(scene.ledger.logins[1].accepted);
}

TEST(TokenLogin, ATokenIsReplacedOnceAndNotAgain) {
  Arrangement setup = token_setup();
  setup.login.secret = "expired";
  setup.login.replacement = "expired, too";
  Scene scene(std::move(setup));
  const std::string reply = begin(scene);
  EXPECT_TRUE(starts(reply, "554-5.7.8 Upstream contoso"));
  EXPECT_TRUE(holds(reply, "\n554-5.7.8 535 5.7."));
  EXPECT_TRUE(holds(reply, "\n554 5.7.8 Check that \"user\" in upstreams/contoso.toml is the "));
  EXPECT_EQ(scene.login().refused, 1U);
  EXPECT_EQ(scene.ledger.logins.size(), 2U);
}

TEST(TokenLogin, ATokenWithoutAReplacementIsTriedOnce) {
  Arrangement setup = token_setup();
  setup.login.secret = "expired";
  Scene scene(std::move(setup));
  EXPECT_TRUE(starts(begin(scene), "554-5.7.8 "));
  EXPECT_EQ(scene.ledger.logins.size(), 1U);
}

// The answers of Office 365.
TEST(TokenLogin, AnotherRefusalThan535IsNoReasonForAnotherToken) {
  for (const char* answer : {"504 5.7.4 Unrecognized authentication type",
                             "454 4.7.0 Temporary authentication failure"}) {
    Arrangement setup = token_setup();
    setup.staged = true;
    setup.login.replacement = "another";
    Scene scene(std::move(setup));
    scene.staged.offer("AUTH XOAUTH2");
    scene.staged.answer("AUTH", answer);
    begin(scene);
    EXPECT_EQ(scene.login().refused, 0U) << answer;
  }
}

TEST(TokenLogin, Prx4IsTheConfigurationFaultThatItIs) {
  Arrangement setup = token_setup();
  setup.staged = true;
  setup.login.replacement = "another";
  Scene scene(std::move(setup));
  scene.staged.offer("AUTH XOAUTH2");
  scene.staged.answer("AUTH",
                      "451 4.7.0 Temporary server error. Please try again later. PRX4 "
                      "[AM0PR01CA0123.eurprd01.prod.exchangelabs.com]");
  const std::string reply = begin(scene);
  EXPECT_TRUE(starts(reply, "554-5.7.8 Upstream contoso"));
  EXPECT_TRUE(holds(reply, "\n554-5.7.8 451 4.7.0 Temporary server error."));
  EXPECT_TRUE(holds(reply, "\n554 5.7.8 In spite of its 4xx this lasts"));
  EXPECT_EQ(scene.login().refused, 0U);
  begin(scene);
  EXPECT_EQ(scene.staged.flights.size(), 2U);  // EHLO and AUTH, once.
}

TEST(TokenLogin, OtherTroubleOfMicrosoftsProxiesStaysTemporary) {
  for (const char* answer : {"451 4.7.0 Temporary server error. Please try again later. PRX2",
                             "451 4.7.0 Temporary server error. Please try again later. PRX5"}) {
    Arrangement setup = token_setup();
    setup.staged = true;
    Scene scene(std::move(setup));
    scene.staged.offer("AUTH XOAUTH2");
    scene.staged.answer("AUTH", answer);
    EXPECT_TRUE(starts(begin(scene), "454-4.7.0 ")) << answer;
  }
}

TEST(TokenLogin, Prx4AfterAPasswordIsTemporary) {
  Arrangement setup;
  setup.staged = true;
  Scene scene(std::move(setup));
  scene.staged.offer("AUTH PLAIN");
  scene.staged.answer("AUTH", "451 4.7.0 Temporary server error. Please try again later. PRX4");
  EXPECT_TRUE(starts(begin(scene), "454-4.7.0 "));
}

TEST(TokenLogin, WithoutATokenForGoodTheClientHears554WithCauseAndRemedy) {
  Arrangement setup = token_setup();
  setup.login.refusal =
      auth::Refusal{.permanent = true,
                    .detail = "the client secret has expired (invalid_client, AADSTS7000222)",
                    .remedy = "Make a new client secret",
                    .kind = auth::Credentials::Kind::token};
  Scene scene(std::move(setup));
  EXPECT_EQ(begin(scene),
            "554-5.7.8 truerelay gets no access token for upstream contoso (mail.example:587): the "
            "client secret has expired (invalid_client, AADSTS7000222)\n"
            "554 5.7.8 Make a new client secret");
}

TEST(TokenLogin, WithoutATokenForNowTheClientHears454) {
  Arrangement setup = token_setup();
  setup.login.refusal = auth::Refusal{.permanent = false,
                                      .detail = "the token endpoint gave no answer",
                                      .remedy = "Check the network",
                                      .kind = auth::Credentials::Kind::token};
  Scene scene(std::move(setup));
  EXPECT_EQ(begin(scene),
            "454-4.7.0 truerelay cannot get credentials for upstream contoso (mail.example:587) "
            "just now: the token endpoint gave no answer\n"
            "454 4.7.0 Check the network");
}

}  // namespace
}  // namespace truerelay::relay
