// How an engine stops: sessions under way may finish, for as long as drain_timeout allows.

#include <gtest/gtest.h>

#include "tests/app/practice_process.h"
#include "tests/app/running_engine.h"
#include "tests/app/smtp_socket.h"

namespace truerelay::app {
namespace {

using namespace std::chrono_literals;

class EngineStop : public testing::Test {
 protected:
  const Installation certified_;
  const PracticeProcess practice_{certified_, certified_.path("mail")};
  const Installation installation_{practice_.ports().starttls};

  void SetUp() override { installation_.write("certs/ca.pem", certified_.read("certs/ca.pem")); }
  [[nodiscard]] config::Config draining_for(config::Duration time) const {
    config::Config config = installation_.config();
    config.drain_timeout = time;
    return config;
  }
};

TEST_F(EngineStop, WithoutSessionsItEndsAtOnce) {
  RunningEngine engine(draining_for(1h));
  RunningEngine::ask_all_to_stop();
  EXPECT_TRUE(engine.has_ended());
}

TEST_F(EngineStop, IdleClientsHear421AndItEnds) {
  RunningEngine engine(draining_for(1h));
  SmtpSocket idle(engine.port());
  EXPECT_TRUE(idle.hear().starts_with("220 "));
  RunningEngine::ask_all_to_stop();
  EXPECT_EQ(idle.hear(), "421 4.3.2 truerelay is being stopped; try again later");
  EXPECT_EQ(idle.hear(), "");
  EXPECT_TRUE(engine.has_ended());
}

TEST_F(EngineStop, ATransactionUnderWayFinishesFirst) {
  RunningEngine engine(draining_for(1h));
  SmtpSocket client(engine.port());
  ASSERT_TRUE(client.begin_data("a@example.net").starts_with("354"));
  RunningEngine::ask_all_to_stop();
  EXPECT_TRUE(engine.goes_on());
  EXPECT_TRUE(client.say("Subject: late\r\n\r\nReleased.\r\n.").starts_with("250 2.6.0 "));
  EXPECT_TRUE(client.hear().starts_with("421 4.3.2 "));
  EXPECT_TRUE(engine.has_ended());
  EXPECT_EQ(practice_.accepted(), 1U);
}

TEST_F(EngineStop, WhenTheTimeToDrainIsOverWhatIsLeftHears421) {
  RunningEngine engine(draining_for(300ms));
  SmtpSocket client(engine.port());
  ASSERT_TRUE(client.begin_data("a@example.net").starts_with("354"));
  RunningEngine::ask_all_to_stop();
  EXPECT_TRUE(client.hear().starts_with("421 4.3.2 "));
  EXPECT_TRUE(engine.has_ended());
  EXPECT_EQ(practice_.accepted(), 0U);
}

TEST_F(EngineStop, ASecondSignalCutsTheDrainingShort) {
  RunningEngine engine(draining_for(1h));
  SmtpSocket client(engine.port());
  ASSERT_TRUE(client.begin_data("a@example.net").starts_with("354"));
  RunningEngine::ask_all_to_stop();
  EXPECT_TRUE(engine.goes_on());
  RunningEngine::ask_all_to_stop();
  EXPECT_TRUE(client.hear().starts_with("421 4.3.2 "));
  EXPECT_TRUE(engine.has_ended());
}

}  // namespace
}  // namespace truerelay::app
