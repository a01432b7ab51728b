#include <gmock/gmock-matchers.h>

#include "tests/tls/raw_server.h"
#include "tests/tls/tls_test.h"

namespace truerelay::tls_test {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kFailed = "the TLS handshake with mail.example.com failed: ";

// Peers that do not answer a handshake as a TLS server of today does.
class NotTls : public TlsTest {
 protected:
  // What a client says to a peer that sends `bytes` and, if so, closes then.
  std::string answer_to(std::string_view bytes, bool then_closes,
                        std::size_t delivery = Way::kUnlimited) {
    Pair pair(loop);
    pair.wire->to_client.delivery = delivery;
    std::optional<io::Result<void>> written;
    const Fiber writing = write_from(*pair.server, bytes, written);
    if (then_closes) {
      pair.server->shutdown();
    }
    const auto client = client_of();
    std::optional<Secured> result;
    const Fiber asking = store(client->secure(std::move(pair.client), kHost), result);
    loop.run();
    return refusal_of(result);
  }
};

TEST_F(NotTls, a_plain_text_greeting_is_quoted) {
  EXPECT_EQ(answer_to("220 mail.example.com ESMTP ready\r\n", false),
            std::string(kFailed) +
                "the peer does not speak TLS here: it answered in plain text (\"220 "
                "mail.example.com ESMTP ready\"); is this the right port, and does it expect "
                "STARTTLS or implicit TLS?");
}

TEST_F(NotTls, plain_text_is_told_however_it_is_cut) {
  EXPECT_THAT(answer_to("220 mail.example.com ESMTP ready\r\n", false, 1),
              StartsWith(std::string(kFailed) +
                         "the peer does not speak TLS here: it answered in plain text (\"220 "));
  EXPECT_THAT(answer_to("554", true, 1), HasSubstr("in plain text (\"554\")"));
}

TEST_F(NotTls, garbage_is_shown_without_harm) {
  using namespace std::string_literals;
  EXPECT_THAT(answer_to("\x01\x1b[31m\xff\xff\x00\x00"s, false),
              AllOf(StartsWith(kFailed), HasSubstr("with something else (\"\\x01\\x1B[31m"),
                    HasSubstr("is this the right port")));
}

TEST_F(NotTls, garbage_that_looks_like_a_record_is_refused) {
  using namespace std::string_literals;
  // A handshake record that holds no handshake message of any kind.
  EXPECT_THAT(answer_to("\x16\x03\x03\x00\x08\x99\x00\x00\x04wxyz"s, false), StartsWith(kFailed));
  // A record that claims to be longer than any may be.
  EXPECT_THAT(answer_to("\x16\x03\x03\xff\xff"s, false), StartsWith(kFailed));
}

TEST_F(NotTls, a_peer_that_closes_says_so) {
  EXPECT_EQ(answer_to("", true),
            std::string(kFailed) + "the peer closed the connection in the middle of the handshake");
}

TEST_F(NotTls, an_alert_is_told_in_words) {
  using namespace std::string_literals;
  EXPECT_EQ(answer_to("\x15\x03\x03\x00\x02\x02\x28"s, false),
            std::string(kFailed) + "the peer refused with the TLS alert 'handshake failure' (40)");
}

TEST_F(NotTls, a_server_that_speaks_only_old_versions_is_refused) {
  RawServer server(good());
  SSL_CTX_set_min_proto_version(server.context.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(server.context.get(), TLS1_1_VERSION);
  const auto client = client_of();
  const Hands hands = shake(*client, server);
  EXPECT_THAT(refusal_of(hands.client),
              AllOf(StartsWith(kFailed), HasSubstr("TLSv1.2 or newer is required")));
}

TEST_F(NotTls, a_server_below_the_least_version_that_is_configured_is_refused) {
  RawServer server(good());
  SSL_CTX_set_max_proto_version(server.context.get(), TLS1_2_VERSION);
  const auto client = client_of({.trust = trust, .least = tls::Version::tls13});
  const Hands hands = shake(*client, server);
  EXPECT_THAT(refusal_of(hands.client),
              AllOf(StartsWith(kFailed), EndsWith("the peer offers no version of TLS that is "
                                                  "allowed here: TLSv1.3 is required")));
}

TEST_F(NotTls, a_server_hello_of_an_old_version_is_refused) {
  using namespace std::string_literals;
  // RFC 4346 section 7.4.1.3: TLS 1.1, no session, TLS_RSA_WITH_AES_128_CBC_SHA.
  const std::string hello =
      "\x16\x03\x02\x00\x2a\x02\x00\x00\x26\x03\x02"s + std::string(32, 'r') + "\x00\x00\x2f\x00"s;
  EXPECT_EQ(answer_to(hello, false),
            std::string(kFailed) +
                "the peer offers no version of TLS that is allowed here: TLSv1.2 or newer is "
                "required");
}

TEST_F(NotTls, a_client_that_speaks_smtp_to_a_tls_port_is_told_apart) {
  Pair pair(loop);
  std::optional<io::Result<void>> written;
  const Fiber writing = write_from(*pair.client, "EHLO erp.example\r\n", written);
  const auto server = serve();
  std::optional<Secured> result;
  const Fiber serving = store(server->secure(std::move(pair.server)), result);
  loop.run();
  EXPECT_THAT(refusal_of(result),
              StartsWith("the TLS handshake with the client failed: the peer does not speak TLS "
                         "here: it answered in plain text (\"EHLO erp.example\")"));
}

TEST_F(NotTls, a_deadline_that_passes_keeps_its_kind) {
  Pair pair(loop);
  PairEnd* lower = pair.client.get();
  const auto client = client_of();
  std::optional<Secured> result;
  const Fiber asking = store(client->secure(std::move(pair.client), kHost), result);
  loop.run();
  ASSERT_FALSE(result);
  lower->fail({io::Failure::Kind::timed_out, "no answer in time"});
  loop.run();
  ASSERT_TRUE(result && !*result);
  EXPECT_EQ(result->error().kind, io::Failure::Kind::timed_out);
  EXPECT_EQ(result->error().detail,
            "no answer in time (during the TLS handshake with mail.example.com)");
}

TEST_F(NotTls, leaves_no_error_behind) {
  EXPECT_THAT(answer_to("220 hello\r\n", false), StartsWith(kFailed));
  EXPECT_EQ(ERR_peek_error(), 0U);
  EXPECT_THAT(refusal(authority.issue({.common_name = "the server",
                                       .names = {kHost},
                                       .addresses = {},
                                       .validity = valid_days(-2, -1)})),
              HasSubstr("it expired on"));
  EXPECT_EQ(ERR_peek_error(), 0U);
}

}  // namespace
}  // namespace truerelay::tls_test
