#include "net/listener.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/net/loopback.h"

namespace truerelay::net {
namespace {

using namespace std::chrono_literals;
using truerelay::testing::has_kind;
using truerelay::testing::Loopback;
using truerelay::testing::pause;

class ListenerTest : public Loopback {
 protected:
  // Fails the test if it can listen.
  std::string refusal(const std::string& host, std::uint16_t port) {
    const auto opened = Listener::open(
        loop, {host, port}, [](std::unique_ptr<io::Stream>, const io::Peer&) {},
        [](std::string_view) {});
    EXPECT_FALSE(opened.has_value());
    return opened ? "" : opened.error().detail;
  }
};

io::Task<void> dial(io::Dialer& dialer, io::Cancellation& cancellation, io::Endpoint to,
                    io::Result<io::Connection>& connection) {
  connection = co_await dialer.dial(std::move(to), io::Time::max(), cancellation);
}

io::Result<io::Connection> nothing() { return io::fail(io::Failure::Kind::closed, "not yet"); }

TEST_F(ListenerTest, TellsWhoConnects) {
  const auto listener = listen();
  EXPECT_NE(listener->port(), 0);
  EXPECT_EQ(listener->address(), "127.0.0.1:" + std::to_string(listener->port()));
  auto connection = nothing();
  run(dial(dialer, cancellation, {"127.0.0.1", listener->port()}, connection));
  run(pause(loop, 10ms));
  ASSERT_TRUE(connection.has_value());
  EXPECT_EQ(connection->address, listener->address());
  ASSERT_EQ(peers.size(), 1U);
  EXPECT_TRUE(peers[0].ip.is_loopback());
  EXPECT_TRUE(peers[0].address.starts_with("127.0.0.1:")) << peers[0].address;
  EXPECT_NE(peers[0].address, listener->address());
}

TEST_F(ListenerTest, SpeaksIPv6) {
  const auto listener = listen("::1");
  auto connection = nothing();
  run(dial(dialer, cancellation, {"::1", listener->port()}, connection));
  run(pause(loop, 10ms));
  ASSERT_TRUE(connection.has_value());
  EXPECT_EQ(connection->address, "[::1]:" + std::to_string(listener->port()));
  ASSERT_EQ(peers.size(), 1U);
  EXPECT_TRUE(peers[0].address.starts_with("[::1]:")) << peers[0].address;
}

TEST_F(ListenerTest, BothFamiliesTakeTheSamePort) {
  const auto v6 = listen("::");
  std::size_t by_v4 = 0;
  const auto v4 = Listener::open(
      loop, {"0.0.0.0", v6->port()},
      [&by_v4](std::unique_ptr<io::Stream>, const io::Peer&) { ++by_v4; }, [](std::string_view) {});
  ASSERT_TRUE(v4.has_value()) << v4.error().detail;
  auto one = nothing();
  auto other = nothing();
  run(dial(dialer, cancellation, {"127.0.0.1", v6->port()}, one));
  run(dial(dialer, cancellation, {"::1", v6->port()}, other));
  run(pause(loop, 10ms));
  EXPECT_EQ(by_v4, 1U);
  EXPECT_EQ(accepted.size(), 1U);
}

TEST_F(ListenerTest, SaysWhatToDoWhenThePortIsTaken) {
  const auto first = listen();
  const std::string sentence = refusal("127.0.0.1", first->port());
  EXPECT_NE(sentence.find(first->address()), std::string::npos) << sentence;
  EXPECT_NE(sentence.find("choose another port"), std::string::npos) << sentence;
}

TEST_F(ListenerTest, SaysWhatToDoWhenTheAddressIsAnothers) {
  EXPECT_NE(refusal("192.0.2.1", 0).find("no such address"), std::string::npos);
  EXPECT_NE(refusal("localhost", 0).find("not an IP address"), std::string::npos);
}

TEST_F(ListenerTest, WhatWasAcceptedOutlivesTheListener) {
  auto listener = listen();
  const std::uint16_t port = listener->port();
  auto connection = nothing();
  run(dial(dialer, cancellation, {"127.0.0.1", port}, connection));
  run(pause(loop, 10ms));
  listener->stop();
  listener->stop();
  auto refused = nothing();
  run(dial(dialer, cancellation, {"127.0.0.1", port}, refused));
  EXPECT_TRUE(has_kind(refused, io::Failure::Kind::unreachable));
  listener.reset();
  ASSERT_EQ(accepted.size(), 1U);
  Buffer buffer;
  testing::Started<io::WriteOperation> write("still here");
  EXPECT_TRUE(accepted[0]->start(write.operation));
  testing::Started<io::ReadOperation> read(buffer, 100U);
  EXPECT_FALSE(connection->stream->start(read.operation));
  run(pause(loop, 10ms));
  EXPECT_EQ(buffer.readable(), "still here");
}

TEST_F(ListenerTest, MayStopItselfWhenAConnectionComes) {
  std::unique_ptr<Listener> listener;
  std::size_t count = 0;
  auto opened = Listener::open(
      loop, {"127.0.0.1", 0},
      [&](std::unique_ptr<io::Stream>, const io::Peer&) {
        ++count;
        listener->stop();
      },
      [](std::string_view) {});
  ASSERT_TRUE(opened.has_value());
  listener = std::move(*opened);
  auto connection = nothing();
  run(dial(dialer, cancellation, {"127.0.0.1", listener->port()}, connection));
  run(pause(loop, 10ms));
  EXPECT_EQ(count, 1U);
}

}  // namespace
}  // namespace truerelay::net
