// A login on another machine (RFC 8628): how often the provider is asked, and how it ends.

#include "oauth/device_login.h"

#include <gtest/gtest.h>

#include "tests/oauth/provider.h"

namespace truerelay::oauth {
namespace {

using namespace std::chrono_literals;

struct Login : Stage {
  Login() {
    provider.takes = 0s;
    provider.answer(200, R"({"device_code":"D","user_code":"U-1","interval":5,"expires_in":900,)"
                         R"("verification_uri":"https://login.example/device"})");
  }
  TokenResult<Token> log_in() {
    return run(log_in_by_device(
        {.client = {.id = "app"},
         .device_endpoint = "https://login.example/devicecode",
         .token_endpoint = "https://login.example/token",
         .scope = "mail"},
        parts(), world, [this](const DeviceCode& code) { shown = code.user_code; }, never));
  }
  std::vector<io::Duration> pauses() const {
    std::vector<io::Duration> all;
    for (std::size_t i = 1; i < provider.requests.size(); ++i) {
      all.push_back(provider.requests[i].at - provider.requests[i - 1].at);
    }
    return all;
  }
  std::string shown;
};

using Pauses = std::vector<io::Duration>;

TEST(DeviceLogin, AsksEveryFewSecondsUntilThePersonIsDone) {
  Login login;
  login.provider.answer(400, R"({"error":"authorization_pending"})");
  login.provider.answer(400, R"({"error":"authorization_pending"})");
  login.provider.answer(200, token_body("A1", "R1"));
  const auto token = login.log_in();
  ASSERT_TRUE(token);
  EXPECT_EQ(token->refresh.reveal(), "R1");
  EXPECT_EQ(login.shown, "U-1");
  EXPECT_EQ(login.pauses(), (Pauses{5s, 5s, 5s}));
  EXPECT_EQ(login.provider.requests[0].url, "https://login.example/devicecode");
  EXPECT_EQ(login.provider.requests[1].url, "https://login.example/token");
  EXPECT_EQ(login.provider.sent("device_code")[1], "D");
}

TEST(DeviceLogin, SlowsDownWhenItIsToldTo) {
  Login login;
  login.provider.answer(400, R"({"error":"slow_down"})");
  login.provider.answer(400, R"({"error":"authorization_pending"})");
  login.provider.answer(200, token_body("A1", "R1"));
  ASSERT_TRUE(login.log_in());
  EXPECT_EQ(login.pauses(), (Pauses{5s, 10s, 10s}));
}

TEST(DeviceLogin, OutlivesFaultsOfTheNetwork) {
  Login login;
  login.provider.fail(io::Failure::Kind::reset, "broken");
  login.provider.answer(503, "");
  login.provider.answer(200, token_body("A1", "R1"));
  ASSERT_TRUE(login.log_in());
  EXPECT_EQ(login.pauses(), (Pauses{5s, 10s, 20s}));
}

TEST(DeviceLogin, EndsWhenThePersonDeclines) {
  for (const char* error : {"access_denied", "authorization_declined", "expired_token"}) {
    Login login;
    login.provider.answer(400, std::string(R"({"error":")") + error + "\"}");
    const auto token = login.log_in();
    ASSERT_FALSE(token);
    EXPECT_EQ(token.error().error, error);
    EXPECT_EQ(login.provider.requests.size(), 2U);
  }
}

TEST(DeviceLogin, EndsWhenItsTimeIsOver) {
  Login login;
  login.provider.answer(400, R"({"error":"authorization_pending"})");
  const io::Time begun = login.world.now();
  const auto token = login.log_in();
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().cause, "nobody logged in in time");
  EXPECT_LE(login.world.now() - begun, 15min);
}

TEST(DeviceLogin, ATokenWithoutARefreshTokenIsNoLoginThatLasts) {
  Login login;
  login.provider.answer(200, token_body("A1"));
  const auto token = login.log_in();
  ASSERT_FALSE(token);
  EXPECT_NE(token.error().remedy.find("offline_access"), std::string::npos);
}

}  // namespace
}  // namespace truerelay::oauth
