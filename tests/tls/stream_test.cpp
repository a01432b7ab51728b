#include "tests/tls/secured_pair.h"

namespace truerelay::tls_test {
namespace {

using TlsStream = SecuredPairTest;

TEST_F(TlsStream, carries_bytes_both_ways_however_they_are_cut) {
  const std::string bytes = pattern(40'000);
  for (const std::size_t delivery : {1UL, 3UL, 5UL, 21UL, 1000UL, 16'405UL, Way::kUnlimited}) {
    for (const bool later : {false, true}) {
      wire->to_client.delivery = wire->to_server.delivery = delivery;
      wire->always_later = later;
      EXPECT_EQ(exchange(*client, *server, bytes), bytes) << delivery;
      EXPECT_EQ(exchange(*server, *client, bytes), bytes) << delivery;
    }
  }
}

TEST_F(TlsStream, carries_every_small_size) {
  const std::string bytes = pattern(300);
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    const std::string part = bytes.substr(0, size);
    EXPECT_EQ(exchange(*client, *server, part), part);
  }
}

TEST_F(TlsStream, carries_8_mebibytes_through_a_narrow_wire) {
  const std::string bytes = pattern(8 * 1024 * 1024);
  wire->to_server.capacity = 50'000;
  EXPECT_EQ(exchange(*client, *server, bytes), bytes);
}

TEST_F(TlsStream, hands_all_records_of_a_write_on_at_once) {
  const std::string bytes = pattern(100'000);
  const std::size_t before = wire->to_server.writes;
  EXPECT_EQ(exchange(*client, *server, bytes), bytes);
  EXPECT_EQ(wire->to_server.writes, before + 1);
}

TEST_F(TlsStream, an_empty_write_is_done_at_once_and_sends_nothing) {
  const std::size_t before = wire->to_server.writes;
  std::optional<io::Result<void>> written;
  const Fiber writing = write_from(*client, "", written);
  EXPECT_TRUE(written && *written);
  EXPECT_EQ(wire->to_server.writes, before);
}

TEST_F(TlsStream, reads_no_more_than_is_asked_for_and_keeps_the_rest) {
  std::optional<io::Result<void>> written;
  const Fiber writing = write_from(*client, "0123456789", written);
  std::string got;
  for (const std::size_t most : {1UL, 4UL, 2UL, 100UL}) {
    Buffer buffer;
    std::optional<io::Result<std::size_t>> count;
    const Fiber reading = read_into(*server, buffer, count, most);
    loop.run();
    ASSERT_TRUE(count && *count);
    EXPECT_LE(**count, most);
    EXPECT_EQ(**count, buffer.size());
    got += std::string(buffer.readable()) + "|";
  }
  EXPECT_EQ(got, "0|1234|56|789|");
}

TEST_F(TlsStream, appends_to_what_the_buffer_holds) {
  std::optional<io::Result<void>> written;
  const Fiber writing = write_from(*client, "world", written);
  Buffer buffer;
  buffer.append("hello ");
  std::optional<io::Result<std::size_t>> count;
  const Fiber reading = read_into(*server, buffer, count);
  loop.run();
  EXPECT_EQ(buffer.readable(), "hello world");
}

TEST_F(TlsStream, one_read_takes_all_the_records_that_are_there) {
  const std::string bytes = pattern(40'000);
  std::optional<io::Result<void>> written;
  const Fiber writing = write_from(*client, bytes, written);
  Buffer buffer;
  std::optional<io::Result<std::size_t>> count;
  const Fiber reading = read_into(*server, buffer, count);
  loop.run();
  EXPECT_EQ(buffer.readable(), bytes);
}

TEST_F(TlsStream, bytes_that_came_with_the_last_flight_of_the_handshake_are_delivered) {
  Pair pair(loop);
  // The server sees the client's last flight and its first bytes together.
  pair.wire->to_server.held = false;
  const auto hands_of = [&](std::optional<Secured>& asked, std::optional<Secured>& served) {
    pair.wire->to_server.held = true;
    std::vector<Fiber> fibers;
    fibers.push_back(store(server_context->secure(std::move(pair.server)), served));
    fibers.push_back(store(client_context->secure(std::move(pair.client), kHost), asked));
    loop.run();
    return fibers;
  };
  std::optional<Secured> asked;
  std::optional<Secured> served;
  const std::vector<Fiber> fibers = hands_of(asked, served);
  const auto release = [&] {
    pair.wire->to_server.held = false;
    pair.wire->deliver(pair.wire->to_server);
  };
  release();
  loop.run_one();  // The server's read of the ClientHello: it answers.
  pair.wire->to_server.held = true;
  loop.run();
  ASSERT_TRUE(asked && *asked);
  ASSERT_FALSE(served);
  std::optional<io::Result<void>> written;
  const Fiber writing = write_from(*(*asked)->stream, "early bird", written);
  release();
  loop.run();
  ASSERT_TRUE(served && *served);
  Buffer buffer;
  std::optional<io::Result<std::size_t>> count;
  const Fiber reading = read_into(*(*served)->stream, buffer, count);
  EXPECT_EQ(buffer.readable(), "early bird");
}

TEST_F(TlsStream, a_read_and_a_write_may_overlap) {
  const std::string bytes = pattern(200'000);
  wire->to_client.capacity = wire->to_server.capacity = 1000;
  wire->always_later = true;
  std::string at_client;
  std::string at_server;
  std::optional<io::Result<std::size_t>> last_at_client;
  std::optional<io::Result<std::size_t>> last_at_server;
  std::optional<io::Result<void>> client_wrote;
  std::optional<io::Result<void>> server_wrote;
  const Fiber client_reads = read_all(*client, at_client, last_at_client, bytes.size());
  const Fiber client_writes = write_from(*client, bytes, client_wrote);
  const Fiber server_reads = read_all(*server, at_server, last_at_server, bytes.size());
  const Fiber server_writes = write_from(*server, bytes, server_wrote);
  loop.run();
  EXPECT_TRUE(client_wrote && *client_wrote);
  EXPECT_TRUE(server_wrote && *server_wrote);
  EXPECT_EQ(at_client, bytes);
  EXPECT_EQ(at_server, bytes);
}

TEST_F(TlsStream, a_write_waits_while_the_peer_is_slow) {
  wire->to_server.capacity = 100;
  const std::string bytes = pattern(1000);
  std::optional<io::Result<void>> written;
  const Fiber writing = write_from(*client, bytes, written);
  loop.run();
  EXPECT_FALSE(written);
  std::string got;
  std::optional<io::Result<std::size_t>> last;
  const Fiber reading = read_all(*server, got, last, bytes.size());
  loop.run();
  EXPECT_TRUE(written && *written);
  EXPECT_EQ(got, bytes);
}

TEST_F(TlsStream, forwards_the_deadline_and_fails_with_it) {
  const io::Time deadline{io::Duration(4711)};
  client->set_deadline(deadline);
  EXPECT_EQ(lower_client->deadline(), deadline);
  wire->to_server.capacity = 0;
  Buffer buffer;
  std::optional<io::Result<std::size_t>> count;
  std::optional<io::Result<void>> written;
  const Fiber reading = read_into(*client, buffer, count);
  const Fiber writing = write_from(*client, "hello", written);
  lower_client->fail({io::Failure::Kind::timed_out, "no answer in time"});
  loop.run();
  ASSERT_TRUE(count && !*count && written && !*written);
  EXPECT_EQ(count->error().kind, io::Failure::Kind::timed_out);
  EXPECT_EQ(written->error().kind, io::Failure::Kind::timed_out);
  count.reset();
  written.reset();
  const Fiber reading_on = read_into(*client, buffer, count);
  const Fiber writing_on = write_from(*client, "hello", written);
  ASSERT_TRUE(count && !*count && written && !*written);
  EXPECT_EQ(count->error().kind, io::Failure::Kind::timed_out);
  EXPECT_EQ(written->error().kind, io::Failure::Kind::timed_out);
}

}  // namespace
}  // namespace truerelay::tls_test
