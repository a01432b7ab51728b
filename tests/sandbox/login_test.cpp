#include <gtest/gtest.h>

#include <string>

#include "base/base64.h"
#include "tests/sandbox/practice.h"

namespace truerelay::sandbox {
namespace {

// Over TLS and greeted, at the point where AUTH is due.
class LoginTest : public testing::Test {
 protected:
  void begin(Settings settings = Practice::usual_settings()) {
    practice_ = std::make_unique<Practice>(std::move(settings));
    greeted(*practice_);
    practice_->say("EHLO client.example\r\n");
    practice_->say("STARTTLS\r\n");
    practice_->say("EHLO client.example\r\n");
  }
  std::string say(const std::string& line) { return practice_->say(line + "\r\n"); }
  const std::vector<Login>& logins() { return practice_->ledger.logins; }

  static std::string xoauth2(const std::string& token) {
    return base64_encode(
        "user=cloud\x01"
        "auth=Bearer " +
        token + "\x01\x01");
  }
  static std::string oauthbearer(const std::string& token) {
    return base64_encode(
        "n,a=cloud,\x01host=practice.example\x01port=587\x01"
        "auth=Bearer " +
        token + "\x01\x01");
  }

  std::unique_ptr<Practice> practice_;
};

const std::string kErp = base64_encode(std::string("\0erp\0secret", 11));
const std::string kWrong = base64_encode(std::string("\0erp\0wrong", 10));

TEST_F(LoginTest, PlainWithAnInitialResponse) {
  begin();
  EXPECT_TRUE(starts(say("AUTH PLAIN " + kErp), "235 2.7.0 "));
  ASSERT_EQ(logins().size(), 1U);
  EXPECT_EQ(logins()[0].mechanism, "PLAIN");
  EXPECT_EQ(logins()[0].user, "erp");
  EXPECT_TRUE(logins()[0].accepted);
  EXPECT_TRUE(starts(say("AUTH PLAIN " + kErp), "503 5.5.1 "));
}

TEST_F(LoginTest, PlainInTwoSteps) {
  begin();
  EXPECT_EQ(say("AUTH PLAIN"), "334 \r\n");
  EXPECT_TRUE(starts(say(kErp), "235 2.7.0 "));
}

TEST_F(LoginTest, LoginAsksWithTheTwoPromptsThatClientsCompare) {
  begin();
  EXPECT_EQ(say("AUTH LOGIN"), "334 VXNlcm5hbWU6\r\n");
  EXPECT_EQ(say(base64_encode("erp")), "334 UGFzc3dvcmQ6\r\n");
  EXPECT_TRUE(starts(say(base64_encode("secret")), "235 2.7.0 "));
  EXPECT_EQ(logins().at(0).user, "erp");
}

TEST_F(LoginTest, LoginTakesTheUserWithTheCommand) {
  begin();
  EXPECT_EQ(say("AUTH LOGIN " + base64_encode("ERP")), "334 UGFzc3dvcmQ6\r\n");
  EXPECT_TRUE(starts(say(base64_encode("secret")), "235 2.7.0 "));
}

TEST_F(LoginTest, AWrongPasswordIsRefusedWith535) {
  begin();
  EXPECT_TRUE(starts(say("AUTH PLAIN " + kWrong), "535 5.7.8 "));
  say("AUTH LOGIN");
  say(base64_encode("erp"));
  EXPECT_TRUE(starts(say(base64_encode("")), "535 5.7.8 "));
  EXPECT_EQ(logins().size(), 2U);
  EXPECT_FALSE(logins()[0].accepted);
  EXPECT_FALSE(logins()[1].accepted);
  EXPECT_TRUE(starts(say("MAIL FROM:<a@example.org>"), "530 5.7.0 "));
}

TEST_F(LoginTest, ThePasswordOfOneKindOfAccountIsNotTheTokenOfAnother) {
  begin();
  EXPECT_TRUE(
      starts(say("AUTH PLAIN " + base64_encode(std::string("\0cloud\0token", 12))), "535 "));
  EXPECT_TRUE(starts(say("AUTH PLAIN " + base64_encode(std::string("\0cloud\0", 7))), "535 "));
}

TEST_F(LoginTest, TokensAreTakenInBothForms) {
  begin();
  EXPECT_TRUE(starts(say("AUTH XOAUTH2 " + xoauth2("token")), "235 2.7.0 "));
  begin();
  EXPECT_TRUE(starts(say("AUTH OAUTHBEARER " + oauthbearer("token")), "235 2.7.0 "));
  begin();
  EXPECT_EQ(say("AUTH XOAUTH2"), "334 \r\n");
  EXPECT_TRUE(starts(say(xoauth2("token")), "235 2.7.0 "));
}

TEST_F(LoginTest, ABadTokenIsExplainedInAStepOfItsOwnBefore535) {
  begin();
  const std::string step = say("AUTH XOAUTH2 " + xoauth2("old"));
  ASSERT_TRUE(starts(step, "334 "));
  const std::optional<std::string> json = base64_decode(step.substr(4, step.size() - 6));
  ASSERT_TRUE(json);
  EXPECT_TRUE(holds(*json, R"("status":"invalid_token")"));
  EXPECT_TRUE(starts(say(""), "535 5.7.8 "));
  EXPECT_TRUE(starts(say("AUTH OAUTHBEARER " + oauthbearer("old")), "334 "));
  EXPECT_TRUE(starts(say("AQ=="), "535 5.7.8 "));
  EXPECT_FALSE(logins().at(0).accepted);
  EXPECT_EQ(logins().at(1).user, "cloud");
}

TEST_F(LoginTest, ABadTokenIsRefusedAtOnceInTheMannerOfOffice365) {
  Settings settings = Practice::usual_settings();
  settings.bad_token = BadToken::refused_at_once;
  begin(std::move(settings));
  EXPECT_TRUE(starts(say("AUTH XOAUTH2 " + xoauth2("old")), "535 5.7.3 "));
}

TEST_F(LoginTest, AnAccountForAnySecretTakesAll) {
  Settings settings = Practice::usual_settings();
  settings.accounts.at(0).any_secret = true;
  begin(std::move(settings));
  EXPECT_TRUE(starts(say("AUTH PLAIN " + kWrong), "235 2.7.0 "));
}

TEST_F(LoginTest, TheClientMayCancel) {
  begin();
  say("AUTH LOGIN");
  EXPECT_TRUE(starts(say("*"), "501 5.7.0 "));
  EXPECT_TRUE(starts(say("NOOP"), "250 "));
}

TEST_F(LoginTest, WhatIsNotBase64OrNotTheMechanismsFormIsRefusedWith501) {
  begin();
  say("AUTH PLAIN");
  EXPECT_TRUE(starts(say("not base64"), "501 5.5.2 "));
  say("AUTH PLAIN");
  EXPECT_TRUE(starts(say(base64_encode("erp")), "501 5.5.2 "));
}

TEST_F(LoginTest, AMechanismThatIsNotOfferedIsRefusedWith504) {
  Settings settings = Practice::usual_settings();
  settings.offers.auth = {"PLAIN"};
  begin(std::move(settings));
  EXPECT_TRUE(starts(say("AUTH LOGIN"), "504 5.5.4 "));
  EXPECT_TRUE(starts(say("AUTH CRAM-MD5"), "504 5.5.4 "));
  EXPECT_TRUE(starts(say("AUTH PLAIN " + kErp), "235 "));
}

TEST_F(LoginTest, TooManyFailuresEndTheConnection) {
  Settings settings = Practice::usual_settings();
  settings.most_logins = 1;
  begin(std::move(settings));
  EXPECT_TRUE(starts(say("AUTH PLAIN " + kWrong), "535 "));
  EXPECT_TRUE(starts(say("AUTH PLAIN " + kErp), "421 4.7.0 "));
  EXPECT_TRUE(practice_->ended());
}

TEST(LoginInPlaintext, IsRefusedUnlessItIsAllowed) {
  Practice careful(Practice::usual_settings());
  greeted(careful);
  careful.say("EHLO client.example\r\n");
  EXPECT_TRUE(starts(careful.say("AUTH PLAIN " + kErp + "\r\n"), "538 5.7.11 "));
  EXPECT_TRUE(careful.ledger.logins.empty());
  Practice open(Practice::open_settings());
  greeted(open);
  EXPECT_TRUE(holds(open.say("EHLO client.example\r\n"), "AUTH PLAIN LOGIN"));
  EXPECT_TRUE(starts(open.say("AUTH PLAIN " + kErp + "\r\n"), "235 2.7.0 "));
}

}  // namespace
}  // namespace truerelay::sandbox
