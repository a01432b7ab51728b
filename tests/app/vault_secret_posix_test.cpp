// The password stands in the vault, which is read at each login.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "app/open_vault.h"
#include "app/vault_secret.h"
#include "net/loop.h"
#include "net/worker.h"
#include "tests/app/practice_process.h"
#include "tests/app/refusal_without_descriptors.h"
#include "tests/app/running_engine.h"
#include "tests/app/smtp_socket.h"

namespace truerelay::app {
namespace {

class AVaultSecret : public testing::Test {
 protected:
  const Installation certified_;
  const PracticeProcess practice_{certified_, certified_.path("mail")};
  const Installation installation_{practice_.ports().starttls};

  void SetUp() override {
    installation_.write("certs/ca.pem", certified_.read("certs/ca.pem"));
    std::string upstream = installation_.read("upstreams/practice.toml");
    const std::string_view file = "password_file = \"practice.password\"";
    upstream.replace(upstream.find(file), file.size(), "secret = \"practice\"");
    installation_.write("upstreams/practice.toml", upstream);
    std::filesystem::remove(installation_.path("upstreams/practice.password"));
  }
  void put(std::string_view password) {
    vault::Vault vault(installation_.path("truerelay.vault"),
                       {installation_.path("truerelay.key"), {}, {}});
    if (!vault.exists()) {
      ASSERT_TRUE(vault.create(std::nullopt));
    }
    const vault::Result<void> put =
        vault.put("practice", vault::Kind::password, Redacted(std::string(password)));
    ASSERT_TRUE(put) << put.error();
  }
  static std::string deliver(const RunningEngine& engine) {
    SmtpSocket client(engine.port());
    return client.deliver("a@example.net");
  }
  // What `check` and the start say of it.
  std::vector<std::string> faults() {
    const config::Config config = installation_.config();
    vault::Vault vault(config.vault.file, key_places(config.vault));
    std::vector<std::string> sentences;
    for (const config::Error& fault : faults_of_vault(config, vault)) {
      sentences.push_back(fault.message);
    }
    return sentences;
  }
};

TEST_F(AVaultSecret, LogsInAndAChangeNeedsNoRestart) {
  put("battery staple");
  const RunningEngine engine(installation_.config());
  const std::string reply = deliver(engine);
  EXPECT_TRUE(reply.starts_with("554-5.7.8 ")) << reply;
  EXPECT_NE(reply.find("Check \"user\" and \"secret\" in upstreams/practice.toml"),
            std::string::npos)
      << reply;
  put(kPassword);
  EXPECT_TRUE(deliver(engine).starts_with("250 2.6.0 "));
  RunningEngine::ask_all_to_stop();
}

TEST_F(AVaultSecret, ThatIsMissingIs554AndAWarningAtTheStart) {
  const RunningEngine engine(installation_.config());
  std::string reply = deliver(engine);
  EXPECT_TRUE(reply.starts_with("554-5.7.8 ")) << reply;
  EXPECT_NE(reply.find("truerelay secret init"), std::string::npos) << reply;
  put(kPassword);
  EXPECT_TRUE(deliver(engine).starts_with("250 2.6.0 "));
  RunningEngine::ask_all_to_stop();
  EXPECT_NE(installation_.read("truerelay.log").find("there is no vault"), std::string::npos);
}

TEST_F(AVaultSecret, IsMissedByCheckWithTheRemedy) {
  EXPECT_EQ(faults().size(), 1U);
  vault::Vault vault(installation_.path("truerelay.vault"),
                     {installation_.path("truerelay.key"), {}, {}});
  ASSERT_TRUE(vault.create(std::nullopt));
  ASSERT_EQ(faults().size(), 1U);
  EXPECT_NE(faults()[0].find("truerelay secret set practice"), std::string::npos) << faults()[0];
  put(kPassword);
  EXPECT_TRUE(faults().empty());
}

TEST_F(AVaultSecret, NotesThatItWasUsed) {
  put(kPassword);
  const RunningEngine engine(installation_.config());
  EXPECT_TRUE(deliver(engine).starts_with("250 2.6.0 "));
  RunningEngine::ask_all_to_stop();
  vault::Vault vault(installation_.path("truerelay.vault"),
                     {installation_.path("truerelay.key"), {}, {}});
  EXPECT_TRUE(vault.list().value().at(0).used.has_value());
}

// A person need not act: clients are told to try again.
TEST_F(AVaultSecret, ThatCannotBeOpenedForWantOfDescriptorsIsARefusalThatPasses) {
  put(kPassword);
  vault::Vault vault(installation_.path("truerelay.vault"),
                     {installation_.path("truerelay.key"), {}, {}});
  net::Loop loop;
  net::Worker worker(loop);
  VaultSecret source("erp", "practice", auth::Credentials::Kind::password, vault, worker);
  const std::optional<auth::Refusal> refusal = refusal_without_descriptors(loop, source);
  ASSERT_TRUE(refusal);
  EXPECT_FALSE(refusal->permanent) << refusal->detail;
}

}  // namespace
}  // namespace truerelay::app
