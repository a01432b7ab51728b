// What is written last, and the end of the stream.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "tests/net/loopback.h"

namespace truerelay::net {
namespace {

using namespace std::chrono_literals;
using truerelay::testing::Loopback;

// The server's end is the stream; the client's a bare socket, of which the system tells more.
class LastWrite : public Loopback {
 protected:
  LastWrite() {
    const std::unique_ptr<Listener> listener = listen();
    client_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(listener->port());
    EXPECT_EQ(::connect(client_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    const timeval patience{.tv_sec = 30, .tv_usec = 0};
    ::setsockopt(client_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    run(accept());
  }
  ~LastWrite() override { ::close(client_); }

  io::Task<void> say(std::string_view bytes) {
    const io::Result<void> written = co_await stream_->write(bytes);
    EXPECT_TRUE(written.has_value());
  }

  // As many bytes as `most`, or all up to the end.
  [[nodiscard]] std::string hear(std::size_t most) const {
    std::string heard;
    std::array<char, 1024> room{};
    while (heard.size() < most) {
      const ssize_t count =
          ::recv(client_, room.data(), std::min(room.size(), most - heard.size()), 0);
      EXPECT_GE(count, 0) << "nothing came in time";
      if (count <= 0) {
        break;
      }
      heard.append(room.data(), static_cast<std::size_t>(count));
    }
    return heard;
  }

  [[nodiscard]] unsigned segments_that_came() const {
    tcp_info info{};
    socklen_t size = sizeof info;
    EXPECT_EQ(::getsockopt(client_, IPPROTO_TCP, TCP_INFO, &info, &size), 0);
    return info.tcpi_segs_in;
  }

  std::unique_ptr<io::Stream> stream_;

 private:
  io::Task<void> accept() {
    while (accepted.empty()) {
      co_await arrival.wait();
    }
    stream_ = std::move(accepted.front());
  }

  int client_ = -1;
};

TEST_F(LastWrite, TravelsTogetherWithTheEnd) {
  const unsigned before = segments_that_came();
  stream_->last_write_follows();
  const io::Time began = loop.now();
  run(say("221 Goodbye\r\n"));
  stream_.reset();
  const bool in_time = loop.now() - began < 150ms;  // After 200 the system does not wait any more.
  EXPECT_EQ(hear(100), "221 Goodbye\r\n");
  EXPECT_LE(segments_that_came() - before, in_time ? 1U : 2U);
}

TEST_F(LastWrite, UnannouncedLeavesAtOnce) {
  const unsigned before = segments_that_came();
  run(say("250 Ok\r\n"));
  EXPECT_EQ(hear(8), "250 Ok\r\n");
  EXPECT_EQ(segments_that_came() - before, 1U);
  stream_.reset();
  EXPECT_EQ(hear(100), "");
  EXPECT_EQ(segments_that_came() - before, 2U);
}

TEST_F(LastWrite, ArrivesAlsoWhereTheEndDoesNotFollow) {
  stream_->last_write_follows();
  run(say("221 Goodbye\r\n"));
  EXPECT_EQ(hear(13), "221 Goodbye\r\n");
}

TEST_F(LastWrite, OfMoreThanTheSystemTakesAtOnceIsNotHeldBack) {
  const std::string much(16U << 20, 'x');
  stream_->last_write_follows();
  io::WriteOperation write(much);
  write.then([](void*) {}, nullptr);
  ASSERT_FALSE(stream_->start(write));
  EXPECT_EQ(hear(1000), much.substr(0, 1000));
  stream_.reset();
}

TEST_F(LastWrite, OfAClosedStreamIsOfNoConsequence) {
  stream_->close();
  stream_->last_write_follows();
  EXPECT_EQ(hear(100), "");
}

}  // namespace
}  // namespace truerelay::net
