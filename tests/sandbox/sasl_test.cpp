#include "sandbox/sasl.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace truerelay::sandbox {
namespace {

using namespace std::string_view_literals;

TEST(SaslResponses, PlainCarriesUserAndPassword) {
  for (const std::string_view response : {"\0erp\0pass word"sv, "erp\0erp\0pass word"sv}) {
    const std::optional<Claim> claim = parse_plain(response);
    ASSERT_TRUE(claim);
    EXPECT_EQ(claim->user, "erp");
    EXPECT_EQ(claim->secret.reveal(), "pass word");
  }
}

TEST(SaslResponses, MalformedPlainIsRefused) {
  for (const std::string_view response :
       {""sv, "erp"sv, "\0erp"sv, "\0\0secret"sv, "boss\0erp\0secret"sv, "\0erp\0a\0b"sv}) {
    EXPECT_FALSE(parse_plain(response)) << response;
  }
}

TEST(SaslResponses, XoauthCarriesUserAndToken) {
  const std::optional<Claim> claim = parse_xoauth2(
      "user=erp@example.org\x01"
      "auth=Bearer ya29.token==\x01\x01");
  ASSERT_TRUE(claim);
  EXPECT_EQ(claim->user, "erp@example.org");
  EXPECT_EQ(claim->secret.reveal(), "ya29.token==");
}

TEST(SaslResponses, OauthbearerCarriesUserAndTokenAmongOtherFields) {
  const std::optional<Claim> claim = parse_oauthbearer(
      "n,a=a=2Cb=3Dc@example.org,\x01host=smtp.example.org\x01port=587\x01"
      "auth=Bearer token\x01\x01");
  ASSERT_TRUE(claim);
  EXPECT_EQ(claim->user, "a,b=c@example.org");
  EXPECT_EQ(claim->secret.reveal(), "token");
}

TEST(SaslResponses, MalformedTokenResponsesAreRefused) {
  for (const std::string_view response : {""sv, "user=erp"sv, "user=erp\x01"sv,
                                          "user=erp\x01"
                                          "auth=Bearer t\x01"sv,
                                          "user=\x01"
                                          "auth=Bearer t\x01\x01"sv,
                                          "user=erp\x01"
                                          "auth=Basic t\x01\x01"sv,
                                          "user=erp\x01"
                                          "auth=Bearer t\x01\x01more"sv,
                                          "user=erp\x01\x01"sv}) {
    EXPECT_FALSE(parse_xoauth2(response)) << response;
  }
  for (const std::string_view response : {""sv, "n,a=erp,\x01"sv,
                                          "n,a=erp\x01"
                                          "auth=Bearer t\x01\x01"sv,
                                          "y,a=erp,\x01"
                                          "auth=Bearer t\x01\x01"sv,
                                          "n,,\x01"
                                          "auth=Bearer t\x01\x01"sv,
                                          "n,a=e=2Drp,\x01"
                                          "auth=Bearer t\x01\x01"sv,
                                          "n,a=erp=,\x01"
                                          "auth=Bearer t\x01\x01"sv}) {
    EXPECT_FALSE(parse_oauthbearer(response)) << response;
  }
}

}  // namespace
}  // namespace truerelay::sandbox
