// What a server may ask, and what it is told: a secret goes out at most once, and where it belongs.

#include <gtest/gtest.h>

#include "tests/auth/credentials_of.h"

namespace truerelay::auth {
namespace {

TEST(Challenges, LoginAnswersWithTheUserAndThenThePassword) {
  const auto login = dialogue("LOGIN", "büro@example.org", "Straße");
  EXPECT_EQ(text_of(login->answer("Username:")), "büro@example.org");
  EXPECT_EQ(text_of(login->answer("Password:")), "Straße");
}

TEST(Challenges, LoginCountsTheQuestionsHoweverTheyAreWorded) {
  const auto login = dialogue("LOGIN", "erp", "secret");
  EXPECT_EQ(text_of(login->answer("User Name\0")), "erp");
  EXPECT_EQ(text_of(login->answer("")), "secret");
}

TEST(Challenges, LoginNeverGivesThePasswordForTheUser) {
  const auto login = dialogue("LOGIN", "erp", "secret");
  EXPECT_EQ(text_of(login->answer("Password:")), "erp");
}

TEST(Challenges, LoginDoesNotAnswerAThirdQuestion) {
  const auto login = dialogue("LOGIN", "erp", "secret");
  EXPECT_TRUE(login->answer("Username:"));
  EXPECT_TRUE(login->answer("Password:"));
  EXPECT_FALSE(login->answer("Password:"));
  EXPECT_FALSE(login->answer("Username:"));
}

TEST(Challenges, LoginWithAnEmptyUserAnswersWithNothingRatherThanNotAtAll) {
  const auto login = dialogue("LOGIN", "", "secret");
  EXPECT_EQ(text_of(login->answer("Username:")), "");
}

TEST(Challenges, LoginHasSaidAllOnlyAfterThePassword) {
  const auto login = dialogue("LOGIN", "erp", "secret");
  EXPECT_FALSE(login->all_said());
  EXPECT_TRUE(login->answer("Username:"));
  EXPECT_FALSE(login->all_said());
  EXPECT_TRUE(login->answer("Password:"));
  EXPECT_TRUE(login->all_said());
}

TEST(Challenges, TheOthersSayAllAtOnce) {
  for (const char* mechanism : {"PLAIN", "XOAUTH2", "OAUTHBEARER"}) {
    EXPECT_TRUE(dialogue(mechanism, "erp", "secret")->all_said()) << mechanism;
  }
}

TEST(Challenges, PlainAnswersNone) {
  const auto plain = dialogue("PLAIN", "erp", "secret");
  EXPECT_TRUE(plain->initial_response());
  EXPECT_FALSE(plain->answer("and now?"));
}

constexpr std::string_view kError =
    R"({"status":"401","schemes":"bearer","scope":"https://mail.google.com/"})";

TEST(Challenges, XOAuth2AnswersAnErrorOnceWithNothing) {
  const auto xoauth2 = dialogue("XOAUTH2", "erp", "token");
  EXPECT_TRUE(xoauth2->initial_response());
  EXPECT_EQ(text_of(xoauth2->answer(kError)), "");
  EXPECT_FALSE(xoauth2->answer(kError));
}

TEST(Challenges, OAuthBearerAnswersAnErrorOnceWithControlA) {
  const auto bearer = dialogue("OAUTHBEARER", "erp", "token");
  EXPECT_TRUE(bearer->initial_response());
  EXPECT_EQ(text_of(bearer->answer(kError)), "\x01");
  EXPECT_FALSE(bearer->answer(kError));
}

}  // namespace
}  // namespace truerelay::auth
