// What of an upstream ends on a known day, as check, probe and the log warn of it.

#include "app/expiries.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/app/installation.h"
#include "tests/app/running_engine.h"

namespace truerelay::app {
namespace {

using namespace std::chrono_literals;

class TheExpiries : public testing::Test {
 protected:
  const Installation installation_;
  vault::Vault vault_{installation_.path("truerelay.vault"),
                      {installation_.path("truerelay.key"), {}, {}}};
  config::Upstream upstream_;

  void SetUp() override {
    ASSERT_TRUE(vault_.create(std::nullopt));
    upstream_.name = "office365";
  }
  void put(std::string_view name, vault::Kind kind, std::optional<vault::Time> expires) {
    ASSERT_TRUE(vault_.put(name, kind, Redacted("any"), expires));
  }
  std::vector<std::string> warnings() {
    std::vector<std::string> all;
    const io::WallTime now =
        std::chrono::floor<io::WallTime::duration>(std::chrono::system_clock::now());
    for (const oauth::Expiry& expiry : expiries_of(upstream_, vault_)) {
      all.push_back(oauth::expiry_warning(expiry, now).value_or("there is time: " + expiry.what));
    }
    return all;
  }
  static vault::Time soon() {
    return std::chrono::ceil<std::chrono::days>(std::chrono::system_clock::now()) + 72h;
  }
};

TEST_F(TheExpiries, OfASecretThatWasGivenADay) {
  upstream_.secret = "office365";
  put("office365", vault::Kind::password, std::nullopt);
  EXPECT_TRUE(warnings().empty());
  put("office365", vault::Kind::password, soon());
  const std::vector<std::string> all = warnings();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_TRUE(all[0].starts_with("The secret office365 of upstream office365 expires in "))
      << all[0];
  EXPECT_NE(all[0].find("truerelay secret set office365 --expires DATE"), std::string::npos)
      << all[0];
}

TEST_F(TheExpiries, OfAnApplicationAndAServiceAccount) {
  upstream_.oauth.emplace();
  upstream_.oauth->client_secret = "app";
  upstream_.oauth->service_account = "account";
  put("app", vault::Kind::client_secret, soon());
  put("account", vault::Kind::service_account, soon());
  const std::vector<std::string> all = warnings();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_TRUE(all[0].starts_with("The client secret app of upstream office365 ")) << all[0];
  EXPECT_TRUE(all[1].starts_with("The service account account of upstream office365 ")) << all[1];
}

TEST_F(TheExpiries, AreNoneWhereNothingIsInTheVault) {
  EXPECT_FALSE(may_expire(upstream_));
  EXPECT_TRUE(warnings().empty());
}

TEST_F(TheExpiries, OfACertificateInAFile) {
  upstream_.oauth.emplace();
  upstream_.oauth->certificate_file = installation_.path("certs/ca.pem");
  const std::vector<std::string> all = warnings();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_NE(all[0].find("the certificate in [oauth] of upstream office365"), std::string::npos)
      << all[0];
}

TEST_F(TheExpiries, AreNotLookedForInAFileThatMayNeverEnd) {
  upstream_.oauth.emplace();
  upstream_.oauth->certificate_file = installation_.path("pipe");
  ASSERT_EQ(::mkfifo(upstream_.oauth->certificate_file.c_str(), 0600), 0);
  EXPECT_TRUE(warnings().empty());
  upstream_.oauth->certificate_file = installation_.path("certs");
  EXPECT_TRUE(warnings().empty());
  upstream_.oauth->certificate_file = installation_.path("nowhere");
  EXPECT_TRUE(warnings().empty());
}

TEST_F(TheExpiries, OfASecretWithoutOAuthAreInTheLog) {
  std::string upstream = installation_.read("upstreams/practice.toml");
  const std::string_view file = "password_file = \"practice.password\"";
  upstream.replace(upstream.find(file), file.size(), "secret = \"practice\"");
  installation_.write("upstreams/practice.toml", upstream);
  put("practice", vault::Kind::password, soon());
  {
    const RunningEngine engine(installation_.config());
    const auto patience = std::chrono::steady_clock::now() + 30s;
    while (installation_.read("truerelay.log").find("expires in") == std::string::npos &&
           std::chrono::steady_clock::now() < patience) {
      std::this_thread::sleep_for(20ms);
    }
    RunningEngine::ask_all_to_stop();
  }
  EXPECT_NE(installation_.read("truerelay.log")
                .find("The secret practice of upstream practice expires in"),
            std::string::npos);
}

}  // namespace
}  // namespace truerelay::app
