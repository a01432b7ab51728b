// A login in the browser: the address to open, and the address to which it leads.

#include "oauth/authorization.h"

#include <gtest/gtest.h>

#include "tests/simulation/random.h"

namespace truerelay::oauth {
namespace {

Attempt attempt() { return {Redacted(std::string("verifier")), "challenge", "st-1_x"}; }

TEST(Authorization, TheAddressHasAllThatTheProviderNeeds) {
  EXPECT_EQ(authorization_url({.endpoint = "https://login.example/authorize",
                               .client_id = "a&b",
                               .redirect_uri = "http://127.0.0.1:8080/",
                               .scope = "https://mail.example/ offline_access",
                               .user = "erp+1@contoso.example",
                               .extra = "access_type=offline"},
                              attempt()),
            "https://login.example/authorize?response_type=code&client_id=a%26b"
            "&redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2F"
            "&scope=https%3A%2F%2Fmail.example%2F%20offline_access&state=st-1_x"
            "&code_challenge=challenge&code_challenge_method=S256"
            "&login_hint=erp%2B1%40contoso.example&access_type=offline");
}

TEST(Authorization, AnEndpointWithAQueryKeepsIt) {
  EXPECT_TRUE(authorization_url({.endpoint = "https://a/?p=1"}, attempt())
                  .starts_with("https://a/?p=1&response_type=code&"));
}

TEST(Authorization, TheVerifierIsNotInTheAddress) {
  EXPECT_FALSE(authorization_url({.endpoint = "https://a/"}, attempt()).contains("verifier"));
}

TEST(Authorization, TheChallengeIsTheDigestOfTheVerifier) {
  simulation::Random chance(1);
  std::string digested;
  const Attempt fresh = new_attempt([&] { return chance.next(); },
                                    [&](std::string_view text) {
                                      digested = text;
                                      return std::string("\xff\xfe\xfd");
                                    });
  EXPECT_EQ(digested, fresh.verifier.reveal());
  EXPECT_EQ(fresh.challenge, "__79");
  EXPECT_EQ(fresh.state.size(), 43U);
  EXPECT_NE(fresh.state, fresh.verifier.reveal());
}

TEST(Redirect, BringsTheCodeHoweverItIsCopied) {
  for (const char* address : {
           "http://127.0.0.1:8080/?code=C1&state=st-1_x",
           "/?code=C1&state=st-1_x",
           "http://localhost/?state=st-1_x&session_state=5&code=C1#",
           "http://localhost/cb?state=st%2D1%5fx&code=%431&iss=https%3A%2F%2Fa",
           "http://localhost/?code=C1&state=st-1_x\r\n",
       }) {
    const auto code = code_in_redirect(address, "st-1_x");
    ASSERT_TRUE(code) << address;
    EXPECT_EQ(code->reveal(), "C1") << address;
  }
}

TEST(Redirect, WithoutTheStateThatWasSentIsRefused) {
  for (const char* address : {
           "http://127.0.0.1/?code=C1",
           "http://127.0.0.1/?code=C1&state=",
           "http://127.0.0.1/?code=C1&state=st-1_y",
           "http://127.0.0.1/?code=C1&state=ST-1_X",
           "http://127.0.0.1/?code=C1&state=other&state=st-1_x",
           "http://127.0.0.1/?error=access_denied&state=other",
           "http://127.0.0.1/?code=C1&state=%zz",
           "http://127.0.0.1/",
           "C1",
           "",
       }) {
    const auto code = code_in_redirect(address, "st-1_x");
    ASSERT_FALSE(code) << address;
    EXPECT_TRUE(code.error().permanent);
  }
}

TEST(Redirect, ThatBringsAnErrorSaysWhich) {
  const auto code = code_in_redirect(
      "/?error=access_denied&error_description=AADSTS65001%3A+no+consent%1b&state=s", "s");
  ASSERT_FALSE(code);
  EXPECT_NE(code.error().cause.find("consented"), std::string::npos);
  EXPECT_NE(code.error().cause.find("no consent\\x1B"), std::string::npos) << code.error().cause;
}

TEST(Redirect, ACodeWithControlBytesIsNone) {
  EXPECT_FALSE(code_in_redirect("/?code=a%0d%0ab&state=s", "s"));
  EXPECT_FALSE(code_in_redirect("/?code=&state=s", "s"));
  EXPECT_FALSE(code_in_redirect("/?state=s", "s"));
}

}  // namespace
}  // namespace truerelay::oauth
