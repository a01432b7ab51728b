#pragma once

#include "tests/tls/tls_test.h"

namespace truerelay::tls_test {

// Two TLS streams that have shaken hands; the tickets of TLS 1.3 have passed.
class SecuredPairTest : public TlsTest {
 protected:
  SecuredPairTest() { secure(); }

  void secure() {
    Pair pair(loop);
    wire = pair.wire;
    lower_client = pair.client.get();
    lower_server = pair.server.get();
    Hands hands = shake(*client_context, *server_context, pair);
    client = std::move((*hands.client)->stream);
    server = std::move((*hands.server)->stream);
    EXPECT_EQ(exchange(*server, *client, "!"), "!");
    EXPECT_EQ(exchange(*client, *server, "?"), "?");
  }

  // What arrives when one side writes `bytes` and the other reads as many.
  std::string exchange(io::Stream& from, io::Stream& to, std::string_view bytes) {
    std::optional<io::Result<void>> written;
    std::string got;
    std::optional<io::Result<std::size_t>> last;
    const Fiber reading = read_all(to, got, last, bytes.size());
    const Fiber writing = write_from(from, bytes, written);
    loop.run();
    EXPECT_TRUE(written && *written);
    return got;
  }

  const std::unique_ptr<tls::ClientContext> client_context = client_of();
  const std::unique_ptr<tls::ServerContext> server_context = serve();
  std::shared_ptr<Wire> wire;
  PairEnd* lower_client = nullptr;
  PairEnd* lower_server = nullptr;
  std::unique_ptr<io::Stream> client;
  std::unique_ptr<io::Stream> server;
};

// Bytes that do not repeat themselves soon.
inline std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  unsigned state = 1;
  for (char& byte : bytes) {
    state = state * 1664525U + 1013904223U;
    byte = static_cast<char>(state >> 24);
  }
  return bytes;
}

}  // namespace truerelay::tls_test
