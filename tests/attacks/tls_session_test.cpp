#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "tests/attacks/bytes.h"
#include "tests/attacks/identities.h"
#include "tests/attacks/stage.h"
#include "tests/tls/raw_server.h"

// Upstreams that speak old versions of TLS, and sessions that are taken up again: what was shown
// once is not taken for granted elsewhere.

namespace truerelay::attacks {
namespace {

using Lines = std::vector<std::string>;

constexpr const char* kHost = "mail.example.com";
constexpr const char* kEnvelope = "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\n";

const Trusted& trusted() {
  static const Trusted instance;
  return instance;
}

Setting secured(relay::Tls tls) {
  Setting setting;
  setting.upstream.endpoint.host = kHost;
  setting.upstream.tls = tls;
  setting.login = {{.user = "erp@x.example", .secret = "canary in the mine"}};
  setting.trust = trusted().client();
  setting.identity = serving(trusted().certificate_for(kHost));
  setting.scripts = {{.ehlo = "250-upstream.example\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n"}};
  return setting;
}

void expect_no_login(const ScriptedUpstream& upstream) {
  EXPECT_EQ(upstream.commands("AUTH"), Lines{});
  EXPECT_EQ(upstream.commands("MAIL"), Lines{});
  for (const ScriptedUpstream::Connection& connection : upstream.connections()) {
    EXPECT_FALSE(connection.secured);
    EXPECT_FALSE(connection.received.contains("AUTH")) << visible(connection.received);
  }
}

TEST(Section4_OldTls, of_a_server_is_refused_before_the_login) {
  for (const std::uint16_t newest : {std::uint16_t{TLS1_VERSION}, std::uint16_t{TLS1_1_VERSION}}) {
    for (const relay::Tls tls : {relay::Tls::starttls, relay::Tls::implicit}) {
      SCOPED_TRACE(newest);
      SCOPED_TRACE(tls == relay::Tls::implicit ? "implicit" : "starttls");
      auto server = std::make_shared<tls_test::RawServer>(trusted().certificate_for(kHost));
      SSL_CTX_set_min_proto_version(server->context.get(), TLS1_VERSION);
      SSL_CTX_set_max_proto_version(server->context.get(), newest);
      Setting setting = secured(tls);
      setting.identity = server;
      setting.relentless = true;
      Stage stage(std::move(setting));
      RawClient& client = stage.greeted();
      const Replies replies = read_replies(stage.ask(client, kEnvelope, 2));
      ASSERT_EQ(replies.codes(), (std::vector<int>{250, 451}));
      EXPECT_TRUE(replies.whole.back().starts_with("451-4.7.5 ")) << replies.whole.back();
      EXPECT_TRUE(replies.whole.back().contains("version of TLS")) << replies.whole.back();
      expect_no_login(stage.upstream());
    }
  }
}

// Several clients at a time: the later connections of the pool take up the session of the first.
TEST(Section4_Resumption, is_how_the_second_connection_to_an_upstream_begins) {
  for (const relay::Tls tls : {relay::Tls::starttls, relay::Tls::implicit}) {
    Stage stage(secured(tls));
    std::vector<RawClient*> clients;
    for (int i = 0; i < 3; ++i) {
      clients.push_back(&stage.greeted());
      const std::string heard = stage.ask(*clients.back(), std::string(kEnvelope) + "DATA\r\n", 3);
      EXPECT_EQ(read_replies(heard).codes(), (std::vector<int>{250, 250, 354}));
    }
    for (RawClient* client : clients) {
      EXPECT_EQ(stage.ask(*client, "text\r\n.\r\n"), "250 2.0.0 queued\r\n");
    }
    std::vector<bool> resumed;
    for (const ScriptedUpstream::Connection& connection : stage.upstream().connections()) {
      resumed.push_back(connection.resumed);
    }
    EXPECT_EQ(resumed, (std::vector<bool>{false, true, true}));
    // Each logs in all the same.
    EXPECT_EQ(stage.upstream().commands("AUTH").size(), 3U);
  }
}

// A server that shows a good certificate once and a bad one later, and knows no tickets.
class Turncoat final : public io::TlsServer {
 public:
  Turncoat(std::shared_ptr<io::TlsServer> good, std::shared_ptr<io::TlsServer> bad)
      : good_(std::move(good)), bad_(std::move(bad)) {}
  io::Task<io::Result<io::SecuredStream>> secure(std::unique_ptr<io::Stream> plain) override {
    return (handshakes_++ == 0 ? good_ : bad_)->secure(std::move(plain));
  }

 private:
  std::shared_ptr<io::TlsServer> good_;
  std::shared_ptr<io::TlsServer> bad_;
  int handshakes_ = 0;
};

TEST(Section4_Resumption, that_an_impostor_cannot_take_up_excuses_no_certificate) {
  const tls::PracticeAuthority other("Other CA", valid_days(-1, 1));
  const auto impostor = other.issue(
      {.common_name = kHost, .names = {kHost}, .addresses = {}, .validity = valid_days(-1, 1)});
  for (const relay::Tls tls : {relay::Tls::starttls, relay::Tls::implicit}) {
    Setting setting = secured(tls);
    setting.identity = std::make_shared<Turncoat>(setting.identity, serving(impostor));
    Stage stage(std::move(setting));
    RawClient& first = stage.greeted();
    stage.ask(first, std::string(kEnvelope) + "DATA\r\n", 3);
    RawClient& second = stage.greeted();
    const std::string heard = stage.ask(second, kEnvelope, 2);
    EXPECT_TRUE(read_replies(heard).whole.back().starts_with("451-4.7.5 ")) << visible(heard);
    EXPECT_EQ(stage.ask(first, "text\r\n.\r\n"), "250 2.0.0 queued\r\n");
    EXPECT_EQ(stage.upstream().commands("AUTH").size(), 1U);
  }
}

}  // namespace
}  // namespace truerelay::attacks
