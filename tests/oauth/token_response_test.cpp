// What a token endpoint answers, and what is made of it: nothing of it is trusted.

#include "oauth/token_response.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "tests/oauth/provider.h"

namespace truerelay::oauth {
namespace {

using namespace std::chrono_literals;

TokenResult<Token> read(unsigned status, std::string body) {
  return read_token_response(answer_of(status, std::move(body)), {});
}

TEST(TokenResponse, AProperAnswerIsAToken) {
  const auto token = read(200, token_body("A1", "R2", 3599));
  ASSERT_TRUE(token);
  EXPECT_EQ(token->access.reveal(), "A1");
  EXPECT_EQ(token->refresh.reveal(), "R2");
  EXPECT_EQ(token->lifetime, 3599s);
}

TEST(TokenResponse, WithoutARefreshTokenThereIsNone) {
  EXPECT_TRUE(read(200, token_body("A1"))->refresh.empty());
}

struct LifetimeRow {
  const char* written;
  io::Duration taken;
};

TEST(TokenResponse, ALifetimeIsTakenWhereItMakesSenseAndIsShortOtherwise) {
  for (const LifetimeRow& row : {
           LifetimeRow{R"(,"expires_in":3599)", 3599s},
           LifetimeRow{R"(,"expires_in":"3599")", 3599s},
           LifetimeRow{R"(,"expires_in":3599.7)", 3599s},
           LifetimeRow{R"(,"expires_in":1)", 1s},
           LifetimeRow{"", 10min},
           LifetimeRow{R"(,"expires_in":0)", 10min},
           LifetimeRow{R"(,"expires_in":-3600)", 10min},
           LifetimeRow{R"(,"expires_in":"soon")", 10min},
           LifetimeRow{R"(,"expires_in":"")", 10min},
           LifetimeRow{R"(,"expires_in":null)", 10min},
           LifetimeRow{R"(,"expires_in":[3600])", 10min},
           LifetimeRow{R"(,"expires_in":1e99)", 10min},
           LifetimeRow{R"(,"expires_in":999999999999)", 24h},
           LifetimeRow{R"(,"expires_in":"999999999999")", 24h},
       }) {
    const auto token =
        read(200, R"({"access_token":"A1","token_type":"Bearer")" + std::string(row.written) + "}");
    ASSERT_TRUE(token) << row.written;
    EXPECT_EQ(token->lifetime, row.taken) << row.written;
  }
}

TEST(TokenResponse, TheTypeMayBeInAnyCase) {
  EXPECT_TRUE(read(200, R"({"access_token":"A1","token_type":"bearer"})"));
  EXPECT_TRUE(read(200, R"({"access_token":"A1"})"));
}

struct OddRow {
  const char* name;
  unsigned status;
  std::string body;
  const char* said;
};

// Whatever is no token and no error of OAuth's is taken for a passing trouble of the endpoint.
TEST(TokenResponse, WhatIsNoTokenIsATemporaryFailureThatSaysWhatCame) {
  const std::string long_body = "{\"access_token\":\"" + std::string(70'000, 'a') + "\"}";
  for (const OddRow& row : {
           OddRow{"empty", 200, "", "HTTP 200 with something that is not JSON"},
           OddRow{"html", 200, "<!DOCTYPE html><html></html>", "something that is not JSON"},
           OddRow{"html404", 404, "<html>not here</html>", "HTTP 404 with something that is not"},
           OddRow{"garbage", 200, std::string("\x00\xff\x13\x37", 4), "not JSON"},
           OddRow{"cut", 200, R"({"access_token":"A1)", "not JSON"},
           OddRow{"array", 200, R"(["access_token"])", "not JSON"},
           OddRow{"redirect", 302, "", "HTTP 302"},
           OddRow{"no token", 200, R"({"token_type":"Bearer","expires_in":3600})",
                  "without an access_token"},
           OddRow{"empty token", 200, R"({"access_token":""})", "without an access_token"},
           OddRow{"number", 200, R"({"access_token":5})", "without an access_token"},
           OddRow{"null", 200, R"({"access_token":null})", "without an access_token"},
           OddRow{"lf", 200, R"({"access_token":"A1\nMAIL FROM:<x>"})",
                  "no SMTP command can carry"},
           OddRow{"crlf", 200, R"({"access_token":"A1\r\n"})", "no SMTP command can carry"},
           OddRow{"nul", 200, R"({"access_token":"A\u00001"})", "no SMTP command can carry"},
           OddRow{"control a", 200, R"({"access_token":"A\u0001auth=Bearer x"})",
                  "no SMTP command can carry"},
           OddRow{"blank", 200, R"({"access_token":"A 1"})", "no SMTP command can carry"},
           OddRow{"del", 200, R"({"access_token":"A\u007f1"})", "no SMTP command can carry"},
           OddRow{"beyond ascii", 200, R"({"access_token":"A\u00e91"})",
                  "no SMTP command can carry"},
           OddRow{"too long", 200, R"({"access_token":")" + std::string(9000, 'a') + "\"}",
                  "no SMTP command can carry"},
           OddRow{"endless", 200, long_body, "far more than an answer needs"},
           OddRow{"mac", 200, R"({"access_token":"A1","token_type":"mac"})",
                  "not of the type Bearer"},
           OddRow{"type 5", 200, R"({"access_token":"A1","token_type":5})",
                  "not of the type Bearer"},
           OddRow{"400", 400, "{}", "HTTP 400 and gave no reason"},
           OddRow{"429", 429, R"({"error":"invalid_grant"})", "HTTP 429 (too many requests)"},
           OddRow{"500", 500, R"({"error":"invalid_client"})", "HTTP 500"},
           OddRow{"503", 503, "<html>", "HTTP 503"},
           OddRow{"token with 503", 503, token_body("A1"), "HTTP 503"},
       }) {
    const auto token = read(row.status, row.body);
    ASSERT_FALSE(token) << row.name;
    EXPECT_FALSE(token.error().permanent) << row.name;
    EXPECT_NE(token.error().cause.find(row.said), std::string::npos)
        << row.name << ": " << token.error().cause;
    EXPECT_EQ(token.error().cause.find("MAIL"), std::string::npos);
  }
}

TEST(TokenResponse, AnErrorIsAnErrorWhateverTheStatus) {
  for (const unsigned status : {200U, 400U, 401U, 403U}) {
    const auto token =
        read(status, R"({"error":"invalid_grant","access_token":"A1","refresh_token":"R2"})");
    ASSERT_FALSE(token) << status;
    EXPECT_TRUE(token.error().permanent) << status;
    EXPECT_EQ(token.error().error, "invalid_grant") << status;
  }
}

TEST(TokenResponse, AnErrorThatNamesNothingIsNoneBesideAToken) {
  for (const char* error : {"null", R"("")", "0", "{}"}) {
    const auto token = read(
        200, std::string(R"({"access_token":"A1","refresh_token":"R2","error":)") + error + "}");
    ASSERT_TRUE(token) << error << ": " << token.error().cause;
    EXPECT_EQ(token->access.reveal(), "A1") << error;
    EXPECT_EQ(token->refresh.reveal(), "R2") << error;
  }
  const auto refused = read(400, R"({"error":null})");
  ASSERT_FALSE(refused);
  EXPECT_FALSE(refused.error().permanent);
}

TEST(TokenResponse, TheProvidersWordsAreShownUpToTheirFirstLineEnd) {
  const auto token = read(
      400,
      R"({"error":"invalid_grant","error_description":"Token \u001b[2J is gone\r\nTrace: 5"})");
  ASSERT_FALSE(token);
  EXPECT_NE(token.error().cause.find("it said \"Token \\x1B[2J is gone\""), std::string::npos)
      << token.error().cause;
  EXPECT_EQ(token.error().cause.find("Trace"), std::string::npos);
}

TEST(TokenResponse, ASecretIsNotShownWhateverFormTheProviderRepeatsItIn) {
  Form sent;
  sent.push_back({"client_secret", Redacted(std::string("canary/R1+x")), true});
  for (const char* form : {"canary/R1+x", "canary%2fR1%2Bx", "Y2FuYXJ5L1IxK3g=", "canary/R1+x",
                           "63616e6172792f52312b78", "63616E6172792F52312B78"}) {
    const auto token = read_token_response(
        answer_of(400, fmt::format(R"({{"error":"{0}","error_description":"not {0}"}})", form)),
        sent);
    ASSERT_FALSE(token);
    EXPECT_TRUE(token.error().cause.ends_with("(unknown error)")) << token.error().cause;
  }
}

TEST(TokenResponse, WordsThatRepeatASecretAreLeftOut) {
  Form sent;
  sent.push_back({"client_id", Redacted(std::string("contoso-app")), false});
  sent.push_back({"refresh_token", Redacted(std::string("canary-R1")), true});
  const auto echoed = read_token_response(
      answer_of(400, R"({"error":"invalid_grant","error_description":"no canary-R1 here"})"), sent);
  EXPECT_EQ(sentence(echoed.error()).find("canary"), std::string::npos);
  const auto as_code = read_token_response(
      answer_of(400, R"({"error":"canary-R1","error_description":"no"})"), sent);
  EXPECT_EQ(sentence(as_code.error()).find("canary"), std::string::npos);
  EXPECT_EQ(as_code.error().error, "unknown error");
  const auto named = read_token_response(
      answer_of(400, R"({"error":"invalid_grant","error_description":"no contoso-app here"})"),
      sent);
  EXPECT_NE(sentence(named.error()).find("no contoso-app here"), std::string::npos);
}

TEST(TokenResponse, ACodeThatIsNoneIsNotRepeated) {
  const auto token = read(400, R"({"error":"a\r\nb <script>"})");
  EXPECT_EQ(token.error().error, "unknown error");
}

TEST(TokenResponse, RetryAfterIsKept) {
  const auto token = read_token_response(answer_of(429, "", 30s), {});
  EXPECT_EQ(token.error().retry_after, 30s);
}

TEST(TokenResponse, ANewRefreshTokenIsSeenEvenWhereTheAccessTokenIsOfNoUse) {
  EXPECT_EQ(
      refresh_token_in(answer_of(200, R"({"access_token":"A\n","refresh_token":"R2"})")).reveal(),
      "R2");
  EXPECT_TRUE(refresh_token_in(answer_of(200, R"({"refresh_token":"R\n2"})")).empty());
  EXPECT_TRUE(refresh_token_in(answer_of(400, R"({"refresh_token":"R2"})")).empty());
  for (const char* error : {"null", R"("")", R"("x")", "5"}) {
    const std::string body = std::string(R"({"refresh_token":"R2","error":)") + error + "}";
    EXPECT_EQ(refresh_token_in(answer_of(200, body)).reveal(), "R2") << error;
  }
  EXPECT_TRUE(refresh_token_in(answer_of(200, "<html>")).empty());
}

TEST(DeviceResponse, HasACodeAndAPageToShow) {
  const auto code = read_device_response(
      answer_of(200, R"({"device_code":"D","user_code":"WDJB-MJHT","expires_in":900,"interval":7,
                         "verification_uri":"https://microsoft.com/devicelogin"})"),
      {});
  ASSERT_TRUE(code);
  EXPECT_EQ(code->device_code.reveal(), "D");
  EXPECT_EQ(code->user_code, "WDJB-MJHT");
  EXPECT_EQ(code->verification_uri, "https://microsoft.com/devicelogin");
  EXPECT_EQ(code->interval, 7s);
  EXPECT_EQ(code->lifetime, 15min);
}

TEST(DeviceResponse, WithoutAnIntervalItIsFiveSeconds) {
  const auto code = read_device_response(
      answer_of(200, R"({"device_code":"D","user_code":"U","verification_url":"https://a/"})"), {});
  ASSERT_TRUE(code);
  EXPECT_EQ(code->interval, 5s);
  EXPECT_EQ(code->lifetime, 30min);
}

TEST(DeviceResponse, WhatATerminalShouldNotShowIsRefused) {
  for (const char* body : {
           R"({"device_code":"D","user_code":"U\u001b[2J","verification_uri":"https://a/"})",
           R"({"device_code":"D","user_code":"U","verification_uri":"https://a/\u0007"})",
           R"({"device_code":"D","user_code":"U","verification_uri":"javascript:alert"})",
           R"({"device_code":"","user_code":"U","verification_uri":"https://a/"})",
           R"({"user_code":"U","verification_uri":"https://a/"})",
           R"({"device_code":"D","verification_uri":"https://a/"})",
       }) {
    EXPECT_FALSE(read_device_response(answer_of(200, body), {})) << body;
  }
}

}  // namespace
}  // namespace truerelay::oauth
