#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "net/resolver.h"
#include "tests/net/loopback.h"

namespace truerelay::net {
namespace {

using namespace std::chrono_literals;
using truerelay::testing::has_kind;
using truerelay::testing::Loopback;
using truerelay::testing::pause;

// A port on 127.0.0.1 that neither takes a connection nor refuses it: its queue is full and nobody
// accepts.
class SilentPort {
 public:
  SilentPort() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int server = add();
    ::bind(server, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    ::listen(server, 0);
    socklen_t size = sizeof address;
    ::getsockname(server, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    for (int i = 0; i < 4; ++i) {
      ::connect(add(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }
  }
  SilentPort(const SilentPort&) = delete;
  SilentPort& operator=(const SilentPort&) = delete;
  ~SilentPort() {
    for (const int socket : sockets_) {
      ::close(socket);
    }
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  int add() {
    sockets_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    return sockets_.back();
  }
  std::vector<int> sockets_;
  std::uint16_t port_ = 0;
};

class DialerTest : public Loopback {
 protected:
  // What came of dialling, once that has ended.
  io::Result<io::Connection> dial(const io::Endpoint& to, io::Duration patience = 30s) {
    start(to, patience);
    run(until_ended(*this));
    return std::move(outcome);
  }
  void start(const io::Endpoint& to, io::Duration patience = 30s) {
    ended = false;
    scope.spawn(dial_once(*this, to, loop.now() + patience));
  }

  io::Result<io::Connection> outcome = io::fail(io::Failure::Kind::closed, "not yet");
  bool ended = false;

 private:
  static io::Task<void> dial_once(DialerTest& self, io::Endpoint to, io::Time deadline) {
    self.outcome = co_await self.dialer.dial(std::move(to), deadline, self.cancellation);
    self.ended = true;
  }
  static io::Task<void> until_ended(DialerTest& self) {
    while (!self.ended) {
      co_await pause(self.loop, 1ms);
    }
  }
};

TEST_F(DialerTest, ConnectsToAName) {
  const auto listener = listen();
  const auto connection = dial({"localhost", listener->port()});
  ASSERT_TRUE(connection.has_value()) << connection.error().detail;
  EXPECT_EQ(connection->address, listener->address());
}

TEST_F(DialerTest, NamesTheAddressThatRefused) {
  auto listener = listen();
  const std::string address = listener->address();
  const std::uint16_t port = listener->port();
  listener.reset();
  run(pause(loop, 1ms));
  const auto connection = dial({"127.0.0.1", port});
  ASSERT_TRUE(has_kind(connection, io::Failure::Kind::unreachable));
  EXPECT_NE(connection.error().detail.find(address + ": connection refused"), std::string::npos)
      << connection.error().detail;
}

TEST_F(DialerTest, ANameThatCannotBeIsNotResolved) {
  // A label of more than 63 octets: no name server needs to be asked.
  for (const std::string& host : {std::string(70, 'a') + ".example", std::string(300, 'a'),
                                  std::string(), std::string("local\0host", 10)}) {
    const auto connection = dial({host, 25});
    ASSERT_TRUE(has_kind(connection, io::Failure::Kind::name_not_resolved)) << host;
    EXPECT_NE(connection.error().detail.find("cannot be resolved"), std::string::npos);
  }
}

TEST_F(DialerTest, GivesUpAtItsDeadlineAndSaysWhoDidNotAnswer) {
  const SilentPort silent;
  const io::Time before = loop.now();
  const auto connection = dial({"127.0.0.1", silent.port()}, 60ms);
  ASSERT_TRUE(has_kind(connection, io::Failure::Kind::timed_out));
  EXPECT_GE(loop.now(), before + 60ms);
  EXPECT_NE(connection.error().detail.find("no answer"), std::string::npos)
      << connection.error().detail;
}

TEST_F(DialerTest, ADeadlineInThePastIsTimedOut) {
  const auto literal = dial({"127.0.0.1", 1}, -1ms);
  EXPECT_TRUE(has_kind(literal, io::Failure::Kind::timed_out));
  const auto name = dial({"localhost", 1}, -1ms);
  EXPECT_TRUE(has_kind(name, io::Failure::Kind::timed_out));
}

TEST_F(DialerTest, CancelledBeforeItBeginsItDoesNothing) {
  const auto listener = listen();
  cancellation.cancel();
  const auto literal = dial({"127.0.0.1", listener->port()});
  EXPECT_TRUE(has_kind(literal, io::Failure::Kind::cancelled));
  const auto name = dial({"localhost", listener->port()});
  EXPECT_TRUE(has_kind(name, io::Failure::Kind::cancelled));
  run(pause(loop, 20ms));
  EXPECT_TRUE(accepted.empty());
}

TEST_F(DialerTest, CancelledWhileTheNameIsLookedUpTheLateAnswerIsHarmless) {
  start({"localhost", 1});
  EXPECT_FALSE(ended);
  cancellation.cancel();
  EXPECT_FALSE(ended);  // From the loop, not inside of cancel().
  run(pause(loop, 50ms));
  EXPECT_TRUE(ended);
  EXPECT_TRUE(has_kind(outcome, io::Failure::Kind::cancelled));
}

TEST_F(DialerTest, CancelledWhileItConnectsItClosesItsAttempts) {
  const SilentPort silent;
  start({"127.0.0.1", silent.port()});
  run(pause(loop, 10ms));
  EXPECT_FALSE(ended);
  cancellation.cancel();
  run(pause(loop, 10ms));
  EXPECT_TRUE(ended);
  EXPECT_TRUE(has_kind(outcome, io::Failure::Kind::cancelled));
}

TEST_F(DialerTest, CancellationAfterTheConnectionLeavesItAlone) {
  const auto listener = listen();
  const auto connection = dial({"127.0.0.1", listener->port()});
  ASSERT_TRUE(connection.has_value());
  cancellation.cancel();
  testing::Started<io::WriteOperation> write("hello");
  EXPECT_TRUE(connection->stream->start(write.operation));
  EXPECT_TRUE(write.operation.result.has_value());
}

io::Task<void> resolve_once(Loop& loop, io::Cancellation& cancellation, io::Endpoint endpoint,
                            std::vector<std::string>& texts) {
  const io::Result<std::vector<SocketAddress>> addresses =
      co_await resolve(loop, std::move(endpoint), io::Time::max(), cancellation);
  EXPECT_TRUE(addresses.has_value());
  if (addresses) {
    for (const SocketAddress& address : *addresses) {
      texts.push_back(text(address));
    }
  }
}

TEST_F(DialerTest, AnAddressLiteralIsItsOwnAnswer) {
  std::vector<std::string> texts;
  run(resolve_once(loop, cancellation, {"2001:db8::1", 25}, texts));
  run(resolve_once(loop, cancellation, {"192.0.2.1", 587}, texts));
  EXPECT_EQ(texts, (std::vector<std::string>{"[2001:db8::1]:25", "192.0.2.1:587"}));
}

}  // namespace
}  // namespace truerelay::net
