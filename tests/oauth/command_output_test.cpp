// What a token_command prints, and what is made of it.

#include <gtest/gtest.h>

#include "oauth/command_source.h"
#include "tests/oauth/provider.h"

namespace truerelay::oauth {
namespace {

using namespace std::chrono_literals;

TokenResult<Token> read(std::string text) {
  return read_command_output(Redacted(std::move(text)), "get-token");
}

TEST(CommandOutput, MayBeTheBareToken) {
  for (const char* text : {"A1", "A1\n", "A1\r\n", "\n A1 \n"}) {
    const auto token = read(text);
    ASSERT_TRUE(token) << text;
    EXPECT_EQ(token->access.reveal(), "A1");
    EXPECT_EQ(token->lifetime, 10min);
  }
}

TEST(CommandOutput, MayBeJson) {
  const auto token = read(R"({"access_token":"A1","expires_in":1800})"
                          "\n");
  ASSERT_TRUE(token);
  EXPECT_EQ(token->access.reveal(), "A1");
  EXPECT_EQ(token->lifetime, 30min);
}

TEST(CommandOutput, OfAnyOtherKindIsATemporaryFailureThatDoesNotRepeatIt) {
  for (const char* text : {"", "\n\n", "Please log in: canary", "A1\nA2", "canary\x01", "{", "{}",
                           R"({"access_token":"canary\n"})", R"({"token":"canary"})"}) {
    const auto token = read(text);
    ASSERT_FALSE(token) << text;
    EXPECT_FALSE(token.error().permanent);
    EXPECT_NE(token.error().cause.find("get-token"), std::string::npos);
    EXPECT_EQ(sentence(token.error()).find("canary"), std::string::npos);
  }
}

TEST(CommandOutput, AnErrorInJsonIsToldButNotTakenForLasting) {
  const auto token = read(R"({"error":"invalid_grant"})");
  ASSERT_FALSE(token);
  EXPECT_FALSE(token.error().permanent);
}

}  // namespace
}  // namespace truerelay::oauth
