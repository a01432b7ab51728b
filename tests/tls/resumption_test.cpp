#include "tests/tls/raw_server.h"
#include "tests/tls/tls_test.h"

namespace truerelay::tls_test {
namespace {

class Resumption : public TlsTest {
 protected:
  // One connection on which the server sends a byte, which brings the tickets of TLS 1.3 along.
  // Whether it was resumed, on both sides.
  std::optional<bool> connect(tls::ClientContext& client, io::TlsServer& server,
                              const std::string& host = kHost) {
    const Hands hands = shake(client, server, host);
    if (!hands.client || !*hands.client || !hands.server || !*hands.server) {
      ADD_FAILURE() << "the handshake has failed";
      return std::nullopt;
    }
    io::Stream& server_stream = *(*hands.server)->stream;
    std::optional<io::Result<void>> written;
    const Fiber writing = write_from(server_stream, "!", written);
    Buffer buffer;
    std::optional<io::Result<std::size_t>> count;
    const Fiber reading = read_into(*(*hands.client)->stream, buffer, count);
    loop.run();
    EXPECT_EQ(buffer.readable(), "!");
    EXPECT_EQ((*hands.client)->facts.resumed, (*hands.server)->facts.resumed);
    EXPECT_TRUE((*hands.client)->facts.certificate.starts_with("subject CN="));
    return (*hands.client)->facts.resumed;
  }
};

TEST_F(Resumption, takes_up_the_session_of_an_earlier_connection) {
  const auto client = client_of();
  const auto server = serve();
  EXPECT_EQ(connect(*client, *server), false);
  EXPECT_EQ(connect(*client, *server), true);
  EXPECT_EQ(connect(*client, *server), true);
}

TEST_F(Resumption, works_with_tls_1_2) {
  const auto client = client_of();
  RawServer server(good());
  SSL_CTX_set_max_proto_version(server.context.get(), TLS1_2_VERSION);
  EXPECT_EQ(connect(*client, server), false);
  EXPECT_EQ(connect(*client, server), true);
}

TEST_F(Resumption, can_be_switched_off) {
  const auto client = client_of({.trust = trust, .resumption = false});
  const auto server = serve();
  EXPECT_EQ(connect(*client, *server), false);
  EXPECT_EQ(connect(*client, *server), false);
}

TEST_F(Resumption, is_not_carried_over_to_another_host) {
  const auto client = client_of();
  const auto server = serve(authority.issue({.common_name = "the server",
                                             .names = {kHost, "other.example.com"},
                                             .addresses = {},
                                             .validity = valid_days(-1, 1)}));
  EXPECT_EQ(connect(*client, *server), false);
  EXPECT_EQ(connect(*client, *server, "other.example.com"), false);
  EXPECT_EQ(connect(*client, *server), true);
}

TEST_F(Resumption, of_a_ticket_that_the_server_does_not_know_falls_back) {
  const auto client = client_of();
  const auto issued = good();
  EXPECT_EQ(connect(*client, *serve(issued)), false);
  EXPECT_EQ(connect(*client, *serve(issued)), false);
}

TEST_F(Resumption, a_stream_may_outlive_its_context_and_still_get_tickets) {
  auto client = client_of();
  auto server = serve();
  const Hands hands = shake(*client, *server);
  ASSERT_TRUE(hands.client && *hands.client && hands.server && *hands.server);
  client.reset();
  server.reset();
  std::optional<io::Result<void>> written;
  const Fiber writing = write_from(*(*hands.server)->stream, "!", written);
  Buffer buffer;
  std::optional<io::Result<std::size_t>> count;
  const Fiber reading = read_into(*(*hands.client)->stream, buffer, count);
  loop.run();
  EXPECT_EQ(buffer.readable(), "!");
}

}  // namespace
}  // namespace truerelay::tls_test
