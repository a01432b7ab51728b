// What is asked of a provider, field by field.

#include "oauth/requests.h"

#include <gtest/gtest.h>

#include "tests/oauth/provider.h"

namespace truerelay::oauth {
namespace {

Redacted secret(std::string text) { return Redacted(std::move(text)); }

Client with_secret() { return {"app", secret("s3cret"), {}}; }
Client with_assertion() { return {"app", secret("s3cret"), secret("h.c.s")}; }
Client with_nothing() { return {"app", {}, {}}; }

// "name=value name=value"; a secret's value in angle brackets.
std::string shown(const Form& form) {
  std::string text;
  for (const Field& field : form) {
    const std::string value(field.value.reveal());
    text +=
        (text.empty() ? "" : " ") + field.name + "=" + (field.secret ? "<" + value + ">" : value);
  }
  return text;
}

TEST(Requests, AnApplicationProvesItselfWithItsSecret) {
  EXPECT_EQ(shown(client_credentials_request(with_secret(), "a/.default")),
            "grant_type=client_credentials client_id=app client_secret=<s3cret> scope=a/.default");
}

TEST(Requests, AnAssertionTakesThePlaceOfTheSecret) {
  EXPECT_EQ(shown(client_credentials_request(with_assertion(), "a/.default")),
            "grant_type=client_credentials client_id=app "
            "client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer "
            "client_assertion=<h.c.s> scope=a/.default");
}

TEST(Requests, ARefreshNamesTheTokenAndNoScopeAndAPublicClientHasNoProof) {
  EXPECT_EQ(shown(refresh_request(with_nothing(), secret("R1"))),
            "grant_type=refresh_token client_id=app refresh_token=<R1>");
}

TEST(Requests, AnEmptyScopeIsLeftOut) {
  EXPECT_EQ(shown(client_credentials_request(with_nothing(), "")),
            "grant_type=client_credentials client_id=app");
}

TEST(Requests, ACodeIsRedeemedWithItsVerifierAndTheSameRedirect) {
  EXPECT_EQ(shown(code_request(with_secret(), secret("C"), "http://127.0.0.1:1/", secret("V"))),
            "grant_type=authorization_code client_id=app client_secret=<s3cret> code=<C> "
            "redirect_uri=http://127.0.0.1:1/ code_verifier=<V>");
}

TEST(Requests, ADeviceLoginBeginsWithoutAGrant) {
  EXPECT_EQ(shown(device_request(with_nothing(), "mail")), "client_id=app scope=mail");
}

TEST(Requests, ADeviceLoginIsAskedForByItsCode) {
  EXPECT_EQ(shown(device_poll_request(with_nothing(), secret("D"))),
            "grant_type=urn:ietf:params:oauth:grant-type:device_code client_id=app "
            "device_code=<D>");
}

TEST(Requests, AServiceAccountSaysAllInItsAssertion) {
  EXPECT_EQ(shown(jwt_bearer_request(secret("h.c.s"))),
            "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer assertion=<h.c.s>");
}

}  // namespace
}  // namespace truerelay::oauth
