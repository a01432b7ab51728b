#include <gmock/gmock-matchers.h>

#include "tests/tls/secured_pair.h"

namespace truerelay::tls_test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using Kind = io::Failure::Kind;

// How a TLS connection ends: in good order, cut off, broken, closed, destroyed.
using TlsStreamEnding = SecuredPairTest;

TEST_F(TlsStreamEnding, after_shutdown_the_peer_sees_the_end_and_can_still_send) {
  std::optional<io::Result<void>> written;
  const Fiber writing = write_from(*client, "last words", written);
  client->shutdown();
  std::string got;
  std::optional<io::Result<std::size_t>> last;
  const Fiber reading = read_all(*server, got, last);
  loop.run();
  EXPECT_EQ(got, "last words");
  ASSERT_TRUE(last && *last);
  EXPECT_EQ(**last, 0U);
  EXPECT_EQ(exchange(*server, *client, "goodbye"), "goodbye");
  // And it stays the end.
  Buffer buffer;
  std::optional<io::Result<std::size_t>> again;
  const Fiber reading_again = read_into(*server, buffer, again);
  ASSERT_TRUE(again && *again);
  EXPECT_EQ(**again, 0U);
}

TEST_F(TlsStreamEnding, shutdown_comes_after_a_write_that_is_under_way) {
  wire->to_server.capacity = 100;
  const std::string bytes = pattern(5000);
  std::optional<io::Result<void>> written;
  const Fiber writing = write_from(*client, bytes, written);
  client->shutdown();
  std::string got;
  std::optional<io::Result<std::size_t>> last;
  const Fiber reading = read_all(*server, got, last);
  loop.run();
  EXPECT_TRUE(written && *written);
  EXPECT_EQ(got, bytes);
  ASSERT_TRUE(last && *last);
  EXPECT_EQ(**last, 0U);
}

TEST_F(TlsStreamEnding, a_write_after_shutdown_fails) {
  client->shutdown();
  std::optional<io::Result<void>> written;
  const Fiber writing = write_from(*client, "too late", written);
  ASSERT_TRUE(written && !*written);
  EXPECT_EQ(written->error().kind, Kind::cancelled);
}

TEST_F(TlsStreamEnding, shutdown_sends_close_notify_once_and_ends_the_stream_below) {
  const std::size_t before = wire->to_server.writes;
  client->shutdown();
  client->shutdown();
  EXPECT_EQ(wire->to_server.writes, before + 1);
  EXPECT_TRUE(wire->to_server.ended);
}

TEST_F(TlsStreamEnding, without_close_notify_is_an_end_as_well) {
  Buffer buffer;
  std::optional<io::Result<std::size_t>> count;
  const Fiber reading = read_into(*server, buffer, count);
  client.reset();
  loop.run();
  ASSERT_TRUE(count && *count);
  EXPECT_EQ(**count, 0U);
}

TEST_F(TlsStreamEnding, in_the_middle_of_a_record_is_a_failure) {
  for (const std::size_t kept : {3UL, 20UL}) {
    wire->to_server.capacity = kept;
    std::optional<io::Result<void>> written;
    std::optional<Fiber> writing;
    writing.emplace(write_from(*client, "a message that is cut off", written));
    client.reset();
    writing.reset();
    Buffer buffer;
    std::optional<io::Result<std::size_t>> count;
    const Fiber reading = read_into(*server, buffer, count);
    loop.run();
    ASSERT_TRUE(count && !*count);
    EXPECT_EQ(count->error().kind, Kind::reset);
    EXPECT_THAT(count->error().detail, HasSubstr("in the middle of a TLS record"));
    server.reset();
    secure();
  }
}

TEST_F(TlsStreamEnding, a_forged_record_breaks_the_stream_and_tells_the_peer) {
  const std::string good = "good bytes first";
  EXPECT_EQ(exchange(*client, *server, good), good);
  wire->to_server.bytes.append(std::string_view("\x17\x03\x03\x00\x20", 5));
  wire->to_server.bytes.append(std::string(32, 'x'));
  for (int i = 0; i < 2; ++i) {
    Buffer buffer;
    std::optional<io::Result<std::size_t>> count;
    const Fiber reading = read_into(*server, buffer, count);
    loop.run();
    ASSERT_TRUE(count && !*count);
    EXPECT_EQ(count->error().kind, Kind::reset);
    EXPECT_THAT(count->error().detail, StartsWith("the TLS connection is broken: decryption "
                                                  "failed or bad record mac"));
  }
  std::optional<io::Result<void>> written;
  const Fiber writing = write_from(*server, "more", written);
  EXPECT_TRUE(written && !*written);
  // The alert has gone out by itself.
  Buffer buffer;
  std::optional<io::Result<std::size_t>> at_client;
  const Fiber reading = read_into(*client, buffer, at_client);
  loop.run();
  ASSERT_TRUE(at_client && !*at_client);
  EXPECT_EQ(at_client->error().kind, Kind::reset);
  EXPECT_EQ(at_client->error().detail,
            "the peer ended the TLS connection with the alert 'bad record mac' (20)");
}

TEST_F(TlsStreamEnding, what_came_before_a_forged_record_is_delivered) {
  std::optional<io::Result<void>> written;
  const Fiber writing = write_from(*client, "good bytes", written);
  wire->to_server.bytes.append(std::string_view("\x17\x03\x03\x00\x20", 5));
  wire->to_server.bytes.append(std::string(32, 'x'));
  std::string got;
  std::optional<io::Result<std::size_t>> last;
  const Fiber reading = read_all(*server, got, last);
  loop.run();
  EXPECT_EQ(got, "good bytes");
  EXPECT_TRUE(last && !*last);
}

TEST_F(TlsStreamEnding, close_completes_what_is_under_way_with_cancelled_from_the_loop) {
  wire->to_server.capacity = 0;
  Buffer buffer;
  std::optional<io::Result<std::size_t>> count;
  std::optional<io::Result<void>> written;
  const Fiber reading = read_into(*client, buffer, count);
  const Fiber writing = write_from(*client, "hello", written);
  client->close();
  EXPECT_FALSE(count);
  EXPECT_FALSE(written);
  loop.run();
  ASSERT_TRUE(count && !*count && written && !*written);
  EXPECT_EQ(count->error().kind, Kind::cancelled);
  EXPECT_EQ(written->error().kind, Kind::cancelled);
}

TEST_F(TlsStreamEnding, destruction_leaves_operations_under_way_uncompleted) {
  wire->to_server.capacity = 0;
  Buffer buffer;
  std::optional<io::Result<std::size_t>> count;
  std::optional<io::Result<void>> written;
  const Fiber reading = read_into(*client, buffer, count);
  const Fiber writing = write_from(*client, "hello", written);
  client.reset();
  loop.run();
  EXPECT_FALSE(count);
  EXPECT_FALSE(written);
}

Fiber read_and_destroy(std::unique_ptr<io::Stream>& stream, bool& gone) {
  Buffer buffer;
  const io::Result<std::size_t> count = co_await stream->read(buffer);
  (void)count;
  stream.reset();
  gone = true;
}

TEST_F(TlsStreamEnding, the_reader_may_destroy_the_stream_that_wakes_it) {
  bool gone = false;
  const Fiber reading = read_and_destroy(server, gone);
  std::optional<io::Result<void>> written;
  const Fiber writing = write_from(*client, "die", written);
  loop.run();
  EXPECT_TRUE(gone);
}

TEST_F(TlsStreamEnding, the_end_of_one_direction_does_not_disturb_a_write_under_way) {
  wire->to_server.capacity = 100;
  const std::string bytes = pattern(5000);
  std::optional<io::Result<void>> written;
  const Fiber writing = write_from(*client, bytes, written);
  server->shutdown();
  Buffer buffer;
  std::optional<io::Result<std::size_t>> count;
  const Fiber reading = read_into(*client, buffer, count);
  loop.run();
  ASSERT_TRUE(count && *count);
  EXPECT_EQ(**count, 0U);
  std::string got;
  std::optional<io::Result<std::size_t>> last;
  const Fiber receiving = read_all(*server, got, last, bytes.size());
  loop.run();
  EXPECT_TRUE(written && *written);
  EXPECT_EQ(got, bytes);
}

}  // namespace
}  // namespace truerelay::tls_test
