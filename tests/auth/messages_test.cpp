// What each mechanism sends first, byte by byte.

#include <gtest/gtest.h>

#include "base/base64.h"
#include "tests/auth/credentials_of.h"

namespace truerelay::auth {
namespace {

std::optional<std::string> initial(std::string_view mechanism, std::string user,
                                   std::string secret) {
  return text_of(dialogue(mechanism, std::move(user), std::move(secret))->initial_response());
}

TEST(Messages, PlainIsNoAuthorizationIdentityThenUserThenPassword) {
  EXPECT_EQ(initial("PLAIN", "tim", "tanstaaftanstaaf"), bytes("\0tim\0tanstaaftanstaaf"));
}

// RFC 4954 section 4.1 shows it in base64.
TEST(Messages, PlainIsTheExampleOfItsRfc) {
  EXPECT_EQ(base64_encode(initial("PLAIN", "test", "1234").value()), "AHRlc3QAMTIzNA==");
}

TEST(Messages, PlainKeepsAPasswordInUtf8AsItIs) {
  EXPECT_EQ(initial("PLAIN", "büro@example.org", "Straße €5"),
            bytes("\0b\xc3\xbcro@example.org\0Stra\xc3\x9f"
                  "e \xe2\x82\xac"
                  "5"));
}

TEST(Messages, PlainKeepsSpacesAndSignsOfAPassword) {
  EXPECT_EQ(initial("PLAIN", "erp", " a=b,c\"d\\e "), bytes("\0erp\0 a=b,c\"d\\e "));
}

TEST(Messages, PlainWithoutAUserOrAPasswordHasEmptyPlaces) {
  EXPECT_EQ(initial("PLAIN", "", "secret"), bytes("\0\0secret"));
  EXPECT_EQ(initial("PLAIN", "erp", ""), bytes("\0erp\0"));
}

TEST(Messages, LoginSaysNothingBeforeItIsAsked) {
  EXPECT_EQ(initial("LOGIN", "erp", "secret"), std::nullopt);
}

// The example of Google's and Microsoft's descriptions of XOAUTH2.
TEST(Messages, XOAuth2IsUserAndBearerTokenBetweenControlA) {
  const std::string message =
      initial("XOAUTH2", "someuser@example.com", "ya29.vF9dft4qmTc2").value();
  EXPECT_EQ(message, bytes("user=someuser@example.com\x01"
                           "auth=Bearer ya29.vF9dft4qmTc2\x01\x01"));
  EXPECT_EQ(base64_encode(message),
            "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMgEB");
}

TEST(Messages, XOAuth2EscapesNothing) {
  EXPECT_EQ(initial("XOAUTH2", "a,b=c@example.com", "t=,"), bytes("user=a,b=c@example.com\x01"
                                                                  "auth=Bearer t=,\x01\x01"));
}

TEST(Messages, OAuthBearerIsAGs2HeaderAndPairsBetweenControlA) {
  EXPECT_EQ(
      initial("OAUTHBEARER", "user@example.com", "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="),
      bytes("n,a=user@example.com,\x01"
            "host=smtp.office365.com\x01"
            "port=587\x01"
            "auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01"));
}

TEST(Messages, OAuthBearerEscapesCommaAndEqualsSignOfTheUserAndOfNothingElse) {
  EXPECT_EQ(initial("OAUTHBEARER", "a,b=c,=@example.com", "t=,"),
            bytes("n,a=a=2Cb=3Dc=2C=3D@example.com,\x01"
                  "host=smtp.office365.com\x01"
                  "port=587\x01"
                  "auth=Bearer t=,\x01\x01"));
}

TEST(Messages, OAuthBearerKeepsAUserInUtf8AsItIs) {
  EXPECT_TRUE(initial("OAUTHBEARER", "büro@example.org", "t")
                  .value()
                  .starts_with("n,a=b\xc3\xbcro@example.org,\x01"));
}

TEST(Messages, CopiedCredentialsAreTheSame) {
  Credentials original = credentials_of("erp", "secret");
  original.kind = Credentials::Kind::token;
  const Credentials copy = original.copy();
  EXPECT_EQ(copy.kind, Credentials::Kind::token);
  EXPECT_EQ(copy.user, "erp");
  EXPECT_EQ(copy.secret.reveal(), "secret");
  EXPECT_EQ(original.secret.reveal(), "secret");
}

}  // namespace
}  // namespace truerelay::auth
