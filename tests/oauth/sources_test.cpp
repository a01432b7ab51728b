// Where proofs come from: secrets, certificates and service accounts, read anew for each request.

#include <gtest/gtest.h>

#include "oauth/code_login.h"
#include "oauth/request_sources.h"
#include "tests/oauth/provider.h"

namespace truerelay::oauth {
namespace {

using namespace std::chrono_literals;

TokenResult<Token> fetch(Stage& stage, TokenSource& source) {
  return stage.run(source.fetch(stage.world.now() + 30s, stage.never));
}

TEST(Sources, ACertificateProvesTheApplicationAnewEachTime) {
  Stage stage;
  stage.store.secrets = {{"cert", "certificate"}, {"key", "key"}};
  stage.provider.answer(200, token_body("A1"));
  ClientCredentialsSource source({.client = {.id = "app",
                                             .certificate = "cert",
                                             .key = "key",
                                             .audience = "https://login.example/token"},
                                  .token_endpoint = "https://login.example/token"},
                                 stage.parts());
  EXPECT_TRUE(fetch(stage, source));
  EXPECT_TRUE(fetch(stage, source));
  const auto assertions = stage.provider.sent("client_assertion");
  EXPECT_NE(assertions[0], assertions[1]);
  EXPECT_EQ(stage.provider.sent("client_secret")[0], "(none)");
}

TEST(Sources, ANewCertificateIsNoticed) {
  Stage stage;
  stage.store.secrets = {{"cert", "certificate"}};
  stage.provider.answer(400, R"({"error":"invalid_client"})");
  ClientCredentialsSource source({.client = {.id = "app", .certificate = "cert"}}, stage.parts());
  EXPECT_FALSE(fetch(stage, source));
  EXPECT_FALSE(stage.run(source.changed()));
  stage.store.secrets["cert"] = "another";
  EXPECT_TRUE(stage.run(source.changed()));
}

TEST(Sources, AKeyThatCannotSignIsAPermanentFailureAndNothingIsSent) {
  Stage stage;
  stage.store.secrets = {{"cert", "certificate"}, {"key", "broken"}};
  ClientCredentialsSource source({.client = {.id = "app", .certificate = "cert", .key = "key"}},
                                 stage.parts());
  const auto token = fetch(stage, source);
  ASSERT_FALSE(token);
  EXPECT_TRUE(token.error().permanent);
  EXPECT_EQ(token.error().cause, "The private key cannot be used.");
  EXPECT_TRUE(stage.provider.requests.empty());
}

TEST(Sources, AServiceAccountSignsWithTheKeyOfItsFile) {
  Stage stage;
  stage.store.secrets["account"] =
      R"({"type":"service_account","client_email":"relay@p.example","private_key_id":"k1",)"
      R"("private_key":"-----BEGIN PRIVATE KEY-----\n...","token_uri":"https://evil.example/"})";
  stage.provider.answer(200, token_body("A1"));
  ServiceAccountSource source({.key = "account",
                               .subject = "erp@contoso.example",
                               .token_endpoint = "https://oauth2.example/token",
                               .scope = "mail"},
                              stage.parts());
  EXPECT_TRUE(fetch(stage, source));
  EXPECT_EQ(stage.provider.requests[0].url, "https://oauth2.example/token");
  EXPECT_NE(stage.provider.sent("assertion")[0], "(none)");
}

TEST(Sources, WhatIsNoServiceAccountIsSaidToBeNoneWithoutRepeatingIt) {
  for (const char* file : {"", "canary", R"({"client_email":"canary"})", "[]"}) {
    Stage stage;
    stage.store.secrets["account"] = file;
    ServiceAccountSource source({.key = "account"}, stage.parts());
    const auto token = fetch(stage, source);
    ASSERT_FALSE(token) << file;
    EXPECT_TRUE(token.error().permanent);
    EXPECT_NE(token.error().cause.find("not the key of a Google service account"),
              std::string::npos);
    EXPECT_EQ(token.error().cause.find("canary"), std::string::npos);
  }
}

TEST(Sources, ACodeBecomesTokensWithItsVerifier) {
  Stage stage;
  stage.provider.answer(200, token_body("A1", "R1"));
  const auto token =
      stage.run(redeem_code({.client = {.id = "app"},
                             .token_endpoint = "https://t/",
                             .redirect_uri = "http://127.0.0.1/"},
                            stage.parts(), {Redacted(std::string("V")), "c", "s"},
                            Redacted(std::string("C")), stage.world.now() + 30s, stage.never));
  ASSERT_TRUE(token);
  EXPECT_EQ(token->refresh.reveal(), "R1");
  EXPECT_EQ(stage.provider.sent("code_verifier")[0], "V");
  EXPECT_EQ(stage.provider.sent("code")[0], "C");
}

}  // namespace
}  // namespace truerelay::oauth
