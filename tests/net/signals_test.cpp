#include "net/signals.h"

#include <gtest/gtest.h>

#include <csignal>
#include <vector>

#include "tests/net/loopback.h"

namespace truerelay::net {
namespace {

using namespace std::chrono_literals;
using truerelay::testing::Loopback;
using truerelay::testing::pause;

using SignalsTest = Loopback;

TEST_F(SignalsTest, AreToldFromTheLoopInsteadOfEndingTheProcess) {
  std::vector<Signal> heard;
  const Signals signals(loop, [&heard](Signal signal) { heard.push_back(signal); });
  std::raise(SIGTERM);
  std::raise(SIGHUP);
  std::raise(SIGINT);
  EXPECT_TRUE(heard.empty());
  run(pause(loop, 20ms));
  EXPECT_EQ(heard, (std::vector<Signal>{Signal::terminate, Signal::hang_up, Signal::interrupt}));
}

TEST_F(SignalsTest, DoNotKeepTheLoopRunning) {
  const Signals signals(loop, [](Signal) {});
  loop.run();  // Returns.
  SUCCEED();
}

TEST_F(SignalsTest, HaveTheirUsualEffectAgainAfterwards) {
  struct sigaction action{};
  {
    const Signals signals(loop, [](Signal) {});
    ::sigaction(SIGHUP, nullptr, &action);
    EXPECT_NE(action.sa_handler, SIG_DFL);
  }
  ::sigaction(SIGHUP, nullptr, &action);
  EXPECT_EQ(action.sa_handler, SIG_DFL);
}

}  // namespace
}  // namespace truerelay::net
