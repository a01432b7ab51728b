// A process with nearly no descriptor left lets its clients wait, without spinning, and tells why.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <ctime>
#include <vector>

#include "net/loop.h"
#include "tests/net/loopback.h"

namespace truerelay::net {
namespace {

using namespace std::chrono_literals;
using truerelay::testing::Loopback;
using truerelay::testing::pause;

class AcceptLimit : public Loopback {
 protected:
  AcceptLimit() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit lower{200, before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &lower);
  }
  ~AcceptLimit() override { ::setrlimit(RLIMIT_NOFILE, &before_); }

  rlimit before_{};
};

io::Task<void> dial_many(io::Dialer& dialer, io::Cancellation& cancellation, std::uint16_t port,
                         std::size_t count, std::vector<io::Connection>& connections) {
  for (std::size_t i = 0; i < count; ++i) {
    io::Result<io::Connection> connection =
        co_await dialer.dial({"127.0.0.1", port}, io::Time::max(), cancellation);
    EXPECT_TRUE(connection.has_value());
    if (connection) {
      connections.push_back(std::move(*connection));
    }
  }
}

TEST_F(AcceptLimit, ClientsWaitUntilThereIsRoomAgain) {
  const auto listener = listen();
  std::vector<int> files;
  while (files.empty() || files.back() < 180) {
    files.push_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    ASSERT_GE(files.back(), 0);
  }
  constexpr std::size_t kClients = 5;
  std::vector<io::Connection> clients;
  run(dial_many(dialer, cancellation, listener->port(), kClients, clients));
  const std::clock_t busy_before = std::clock();
  run(pause(loop, 500ms));
  const std::clock_t busy = std::clock() - busy_before;

  EXPECT_LT(accepted.size(), kClients);
  ASSERT_EQ(troubles.size(), 1U);
  EXPECT_NE(troubles[0].find("LimitNOFILE"), std::string::npos) << troubles[0];
  EXPECT_LT(busy, CLOCKS_PER_SEC / 4);  // Processor time: it slept, it did not spin.

  for (const int file : files) {
    ::close(file);
  }
  run(pause(loop, 300ms));
  EXPECT_EQ(accepted.size(), kClients);  // Nobody was turned away.
}

TEST_F(AcceptLimit, AListenerCanStopWhileAClientWaits) {
  auto listener = listen();
  std::vector<int> files;
  while (files.empty() || files.back() < 180) {
    files.push_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  }
  std::vector<io::Connection> clients;
  run(dial_many(dialer, cancellation, listener->port(), 3, clients));
  run(pause(loop, 20ms));
  listener->stop();
  run(pause(loop, 150ms));
  for (const int file : files) {
    ::close(file);
  }
  EXPECT_LT(accepted.size(), 3U);
}

}  // namespace
}  // namespace truerelay::net
