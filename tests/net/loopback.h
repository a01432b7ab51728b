#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "io/scope.h"
#include "io/sleep.h"
#include "net/listener.h"
#include "net/loop.h"
#include "net/tcp_dialer.h"

namespace truerelay::testing {

using namespace std::chrono_literals;

// Both ends of one TCP connection.
struct Pair {
  std::unique_ptr<io::Stream> client;
  std::unique_ptr<io::Stream> server;
};

// A loop, a listener on 127.0.0.1 and a dialer; every dialogue ends within the limit or fails.
class Loopback : public ::testing::Test {
 protected:
  // Far more than anything here takes, also on a machine that does ten things at a time.
  static constexpr auto kLimit = 60s;

  // Runs `story` to its end; what else runs in `scope` goes on meanwhile.
  void run(io::Task<void> story) {
    told_ = false;
    scope.spawn(tell(*this, std::move(story)));
    guard_.arm(loop.now() + kLimit);
    while (!told_ && guard_.armed()) {
      loop.run();
    }
    ASSERT_TRUE(told_) << "the dialogue has not ended in time";
    guard_.disarm();
  }

  // A connection between both ends of which nothing has been said.
  Pair connect() {
    Pair pair;
    run(connect_pair(*this, pair));
    return pair;
  }

  std::unique_ptr<net::Listener> listen(const std::string& host = "127.0.0.1") {
    auto opened = net::Listener::open(
        loop, {host, 0},
        [this](std::unique_ptr<io::Stream> stream, const io::Peer& peer) {
          accepted.push_back(std::move(stream));
          peers.push_back(peer);
          arrival.notify();
        },
        [this](std::string_view sentence) { troubles.emplace_back(sentence); });
    EXPECT_TRUE(opened.has_value()) << opened.error().detail;
    return opened ? std::move(*opened) : nullptr;
  }

  net::Loop loop;
  io::Cancellation cancellation;
  io::Event arrival{loop};
  std::vector<std::unique_ptr<io::Stream>> accepted;
  std::vector<io::Peer> peers;
  std::vector<std::string> troubles;
  net::TcpDialer dialer{loop};
  io::Scope scope{loop};

 private:
  struct Guard final : io::Timer {
    explicit Guard(net::Loop& guarded) : Timer(guarded), loop(guarded) {}
    void expire() override { loop.stop(); }
    net::Loop& loop;
  };

  static io::Task<void> tell(Loopback& self, io::Task<void> story) {
    co_await std::move(story);
    self.told_ = true;
    self.loop.stop();
  }

  static io::Task<void> connect_pair(Loopback& self, Pair& pair) {
    const std::unique_ptr<net::Listener> listener = self.listen();
    io::Result<io::Connection> dialled = co_await self.dialer.dial(
        {"127.0.0.1", listener->port()}, io::Time::max(), self.cancellation);
    while (self.accepted.empty()) {
      co_await self.arrival.wait();
    }
    EXPECT_TRUE(dialled.has_value());
    if (dialled) {
      pair.client = std::move(dialled->stream);
    }
    pair.server = std::move(self.accepted.front());
    self.accepted.clear();
  }

  Guard guard_{loop};
  bool told_ = false;
};

// Lets the loop run for a while.
inline io::Task<void> pause(net::Loop& loop, io::Duration duration) {
  io::Cancellation never;
  co_await io::Sleep(loop, loop, loop.now() + duration, never);
}

// An operation without a coroutine: started by hand, and says when it is done.
template <class Operation>
struct Started {
  template <class... Arguments>
  explicit Started(Arguments&&... arguments) : operation(std::forward<Arguments>(arguments)...) {
    operation.then([](void* self) { static_cast<Started*>(self)->done = true; }, this);
  }
  Operation operation;
  bool done = false;
};

inline bool has_kind(const auto& result, io::Failure::Kind kind) {
  return !result.has_value() && result.error().kind == kind;
}

}  // namespace truerelay::testing
