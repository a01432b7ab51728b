#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/tls/raw_server.h"
#include "tests/tls/tls_test.h"

namespace truerelay::tls_test {
namespace {

using Handshake = TlsTest;

TEST_F(Handshake, tells_version_cipher_and_certificate) {
  const auto client = client_of();
  const auto server = serve();
  const Hands hands = shake(*client, *server);
  ASSERT_TRUE(hands.client && *hands.client) << (*hands.client).error().detail;
  ASSERT_TRUE(hands.server && *hands.server) << (*hands.server).error().detail;
  const io::TlsFacts& facts = (*hands.client)->facts;
  EXPECT_EQ(facts.version, "TLSv1.3");
  EXPECT_TRUE(facts.cipher.starts_with("TLS_")) << facts.cipher;
  EXPECT_FALSE(facts.resumed);
  EXPECT_TRUE(facts.certificate.starts_with(
      "subject CN=mail.example.com, issuer CN=Practice CA, valid until 20"))
      << facts.certificate;
  EXPECT_EQ((*hands.server)->facts.certificate, "");
}

TEST_F(Handshake, succeeds_however_the_bytes_are_cut_and_whenever_operations_complete) {
  const auto server = serve();
  for (const std::size_t delivery : {1UL, 2UL, 5UL, 7UL, 64UL, 1000UL}) {
    for (const bool later : {false, true}) {
      const auto client = client_of();
      Pair pair(loop);
      pair.wire->to_client.delivery = pair.wire->to_server.delivery = delivery;
      pair.wire->always_later = later;
      const Hands hands = shake(*client, *server, pair);
      EXPECT_TRUE(hands.client && *hands.client) << delivery;
      EXPECT_TRUE(hands.server && *hands.server) << delivery;
    }
  }
}

TEST_F(Handshake, accepts_the_address_in_the_certificate) {
  const auto client = client_of();
  const auto server = serve(authority.issue({.common_name = "",
                                             .names = {},
                                             .addresses = {"192.0.2.7", "2001:db8::1"},
                                             .validity = valid_days(-1, 1)}));
  for (const char* host : {"192.0.2.7", "2001:db8::1", "2001:0db8:0::0001"}) {
    const Hands hands = shake(*client, *server, host);
    EXPECT_TRUE(hands.client && *hands.client) << host;
  }
}

TEST_F(Handshake, names_the_host_to_the_server_but_not_an_address) {
  RawServer server(authority.issue({.common_name = "",
                                    .names = {kHost},
                                    .addresses = {"192.0.2.7"},
                                    .validity = valid_days(-1, 1)}));
  std::string named;
  SSL_CTX_set_tlsext_servername_arg(server.context.get(), &named);
  SSL_CTX_set_tlsext_servername_callback(
      server.context.get(), +[](SSL* ssl, int*, void* into) -> int {
        const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
        *static_cast<std::string*>(into) = name != nullptr ? name : "nobody";
        return SSL_TLSEXT_ERR_OK;
      });
  const auto client = client_of();
  const Hands by_absolute_name = shake(*client, server, "mail.example.com.");
  EXPECT_TRUE(by_absolute_name.client && *by_absolute_name.client);
  EXPECT_EQ(named, "mail.example.com");
  const Hands by_address = shake(*client, server, "192.0.2.7");
  EXPECT_TRUE(by_address.client && *by_address.client);
  EXPECT_EQ(named, "nobody");
}

TEST_F(Handshake, accepts_a_chain_over_an_intermediate_authority) {
  const tls::PracticeAuthority intermediate("Practice Sub CA", valid_days(-1, 100), authority);
  const auto server = serve(intermediate.issue(
      {.common_name = kHost, .names = {kHost}, .addresses = {}, .validity = valid_days(-1, 1)}));
  const auto client = client_of();
  const Hands hands = shake(*client, *server);
  EXPECT_TRUE(hands.client && *hands.client);
}

TEST_F(Handshake, accepts_a_self_signed_server_that_is_trusted_by_itself) {
  const tls::PracticeAuthority other("Other CA", valid_days(-1, 100));
  const auto issued = other.issue(
      {.common_name = kHost, .names = {kHost}, .addresses = {}, .validity = valid_days(-1, 1)});
  const auto leaf = tls::TrustStore::parse(issued.chain, "leaf.pem").value();
  const auto client = client_of({.trust = leaf});
  const auto server = serve(issued);
  const Hands hands = shake(*client, *server);
  EXPECT_TRUE(hands.client && *hands.client);
}

TEST_F(Handshake, accepts_a_wildcard_for_one_label) {
  const auto client = client_of();
  const auto server = serve(authority.issue({.common_name = "",
                                             .names = {"*.example.com"},
                                             .addresses = {},
                                             .validity = valid_days(-1, 1)}));
  const Hands hands = shake(*client, *server);
  EXPECT_TRUE(hands.client && *hands.client);
}

TEST_F(Handshake, without_verification_accepts_any_certificate) {
  const auto client = client_of({.trust = nullptr, .verify = false});
  const auto server = serve(authority.issue(
      {.common_name = "who", .names = {}, .addresses = {}, .validity = valid_days(-20, -10)}));
  const Hands hands = shake(*client, *server);
  ASSERT_TRUE(hands.client && *hands.client);
  EXPECT_TRUE((*hands.client)->facts.certificate.starts_with("subject CN=who"));
}

TEST_F(Handshake, presents_the_client_certificate_when_it_is_asked_for) {
  const auto issued = authority.issue(
      {.common_name = "the relay", .names = {}, .addresses = {}, .validity = valid_days(-1, 1)});
  const auto file = std::filesystem::path(testing::TempDir()) / "tls_test_client.pem";
  std::ofstream(file) << issued.chain << issued.key;
  const auto client = client_of({.trust = trust, .client_certificate = file});
  std::filesystem::remove(file);

  RawServer server(good());
  for (const auto version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    SSL_CTX_set_max_proto_version(server.context.get(), static_cast<std::uint16_t>(version));
    const tls::Certificates anchors =
        tls::parse_certificates(authority.certificate(), "anchor").value();
    X509_STORE_add_cert(SSL_CTX_get_cert_store(server.context.get()), anchors.front().get());
    SSL_CTX_set_verify(server.context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                       nullptr);
    const Hands hands = shake(*client, server);
    ASSERT_TRUE(hands.client && *hands.client);
    ASSERT_TRUE(hands.server && *hands.server);
    EXPECT_TRUE((*hands.server)->facts.certificate.starts_with("subject CN=the relay,"));
  }
}

TEST_F(Handshake, a_server_that_misses_the_client_certificate_says_so) {
  RawServer server(good());
  SSL_CTX_set_verify(server.context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                     nullptr);
  const auto client = client_of();
  const Hands hands = shake(*client, server);
  EXPECT_NE(refusal_of(hands.server).find("peer did not return a certificate"), std::string::npos);
  // In TLS 1.3 the client has finished by then; the first read tells.
  ASSERT_TRUE(hands.client && *hands.client);
  Buffer buffer;
  std::optional<io::Result<std::size_t>> result;
  const Fiber reading = read_into(*(*hands.client)->stream, buffer, result);
  loop.run();
  ASSERT_TRUE(result && !*result);
  EXPECT_EQ(result->error().kind, io::Failure::Kind::reset);
  EXPECT_NE(result->error().detail.find("the peer ended the TLS connection with the alert"),
            std::string::npos);
  EXPECT_NE(result->error().detail.find("(116)"), std::string::npos) << result->error().detail;
}

TEST_F(Handshake, can_be_destroyed_at_any_byte) {
  const auto server = serve();
  bool completed = false;
  for (std::size_t steps = 0; !completed; ++steps) {
    const auto client = client_of();
    Pair pair(loop);
    pair.wire->to_client.delivery = pair.wire->to_server.delivery = 16;
    pair.wire->always_later = true;
    std::optional<Secured> asked;
    std::optional<Secured> served;
    const Fiber serving = store(server->secure(std::move(pair.server)), served);
    const Fiber asking = store(client->secure(std::move(pair.client), kHost), asked);
    for (std::size_t step = 0; step < steps; ++step) {
      loop.run_one();
    }
    completed = asked && served;
    // Here both go, wherever they are.
  }
  EXPECT_TRUE(completed);
}

}  // namespace
}  // namespace truerelay::tls_test
