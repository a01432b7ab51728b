// The password file is read at each login; what is wrong with it, the client's user can read.

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

#include "app/password_file.h"
#include "net/loop.h"
#include "tests/app/practice_process.h"
#include "tests/app/refusal_without_descriptors.h"
#include "tests/app/running_engine.h"
#include "tests/app/smtp_socket.h"

namespace truerelay::app {
namespace {

class PasswordFile : public testing::Test {
 protected:
  const Installation certified_;
  const PracticeProcess practice_{certified_, certified_.path("mail")};
  const Installation installation_{practice_.ports().starttls};

  void SetUp() override { installation_.write("certs/ca.pem", certified_.read("certs/ca.pem")); }
  static std::string deliver(const RunningEngine& engine) {
    SmtpSocket client(engine.port());
    return client.deliver("a@example.net");
  }
};

TEST_F(PasswordFile, ThatOthersMayReadIs554With578AndNamesTheRemedy) {
  using std::filesystem::perms;
  const std::filesystem::path file = installation_.path("upstreams/practice.password");
  std::filesystem::permissions(file, perms::others_read, std::filesystem::perm_options::add);
  const RunningEngine engine(installation_.config());
  const std::string reply = deliver(engine);
  EXPECT_TRUE(reply.starts_with("554-5.7.8 ")) << reply;
  EXPECT_NE(reply.find("chmod 600 " + file.string()), std::string::npos) << reply;
  EXPECT_NE(reply.find("Check \"password_file\" in upstreams/practice.toml"), std::string::npos)
      << reply;
  EXPECT_EQ(reply.find(kPassword), std::string::npos);

  // Once it is closed to others, the next message goes out.
  installation_.write_password(kPassword);
  EXPECT_TRUE(deliver(engine).starts_with("250 2.6.0 "));
  RunningEngine::ask_all_to_stop();
}

TEST_F(PasswordFile, ThatHoldsAnotherPasswordIs554AndAChangeNeedsNoRestart) {
  installation_.write_password("battery staple");
  const RunningEngine engine(installation_.config());
  const std::string reply = deliver(engine);
  EXPECT_TRUE(reply.starts_with("554-5.7.8 ")) << reply;
  EXPECT_NE(reply.find("535 5.7.8"), std::string::npos) << reply;
  installation_.write_password(kPassword);
  EXPECT_TRUE(deliver(engine).starts_with("250 2.6.0 "));
  RunningEngine::ask_all_to_stop();
  EXPECT_EQ(installation_.read("truerelay.log").find("battery staple"), std::string::npos);
}

TEST_F(PasswordFile, ThatIsMissingIs554With578) {
  const config::Config config = installation_.config();
  std::filesystem::remove(installation_.path("upstreams/practice.password"));
  const RunningEngine engine(config);
  const std::string reply = deliver(engine);
  EXPECT_TRUE(reply.starts_with("554-5.7.8 ")) << reply;
  EXPECT_NE(reply.find("practice.password"), std::string::npos) << reply;
  RunningEngine::ask_all_to_stop();
}

// A person need not act: clients are told to try again.
TEST_F(PasswordFile, ThatCannotBeOpenedForWantOfDescriptorsIsARefusalThatPasses) {
  app::PasswordFile source("erp", installation_.path("upstreams/practice.password"),
                           auth::Credentials::Kind::password);
  net::Loop loop;
  const std::optional<auth::Refusal> refusal = refusal_without_descriptors(loop, source);
  ASSERT_TRUE(refusal);
  EXPECT_FALSE(refusal->permanent) << refusal->detail;
}

}  // namespace
}  // namespace truerelay::app
