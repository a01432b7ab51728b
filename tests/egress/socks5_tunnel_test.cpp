// SOCKS5 through proxies that do just what a test says.

#include "tests/egress/tunnel_test.h"

namespace truerelay::egress {
namespace {

using http::close;
using http::hear;
using http::say;
using namespace std::string_literals;

const std::string kNoLogin = "\x05\x00"s;
const std::string kConnected = "\x05\x00\x00\x01\x0A\x00\x00\x01\x04\x38"s;
// CONNECT, the host's name, port 587.
const std::string kRequest = "\x05\x01\x00\x03\x10smtp.example.com\x02\x4B"s;

class Socks5Tunnel : public TunnelTest {
 protected:
  Socks5Tunnel() : TunnelTest(Proxy::Protocol::socks5) {}
};

TEST_F(Socks5Tunnel, LetsTheProxyResolveTheName) {
  serve({hear(3), say(kNoLogin), hear(kRequest.size()), say(kConnected)});
  const io::Result<io::Connection> connection = dial();
  ASSERT_TRUE(connection) << connection.error().detail;
  EXPECT_EQ(connection->address, "smtp.example.com:587 via 192.0.2.1:3128");
  EXPECT_EQ(peer->heard(), "\x05\x01\x00"s + kRequest);
}

TEST_F(Socks5Tunnel, SendsAddressesAsSuch) {
  target = {"192.0.2.25", 25};
  serve({hear(3), say(kNoLogin), hear(10), say(kConnected)});
  ASSERT_TRUE(dial());
  EXPECT_EQ(peer->heard().substr(3), "\x05\x01\x00\x01\xC0\x00\x02\x19\x00\x19"s);
  target = {"2001:db8::1", 465};
  serve({hear(3), say(kNoLogin), hear(22), say(kConnected)});
  ASSERT_TRUE(dial());
  EXPECT_EQ(peer->heard().substr(3),
            "\x05\x01\x00\x04\x20\x01\x0D\xB8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"
            "\x01\xD1"s);
}

TEST_F(Socks5Tunnel, LogsInWhereTheProxyWantsIt) {
  proxy.user = "erp";
  serve({hear(4), say("\x05\x02"), hear(12), say("\x01\x00"s), hear(kRequest.size()),
         say(kConnected)});
  ASSERT_TRUE(dial());
  EXPECT_EQ(peer->heard(), "\x05\x02\x00\x02\x01\x03"s + "erp\x06" + "canary" + kRequest);
  // And keeps its password to itself where it does not.
  serve({hear(4), say(kNoLogin), hear(kRequest.size()), say(kConnected)});
  ASSERT_TRUE(dial());
  EXPECT_EQ(peer->heard(), "\x05\x02\x00\x02"s + kRequest);
}

TEST_F(Socks5Tunnel, LosesNoByteBehindTheAnswer) {
  const std::string tail = "220 smtp.example.com ESMTP\r\n";
  for (const bool one_by_one : {false, true}) {
    if (one_by_one) {
      dribble();
    }
    for (const std::string& bound :
         {kConnected, "\x05\x00\x00\x04"s + std::string(18, 'x'),
          "\x05\x00\x00\x03\x05proxy\x04\x38"s, "\x05\x00\x00\x03\x00\x04\x38"s}) {
      serve({hear(3), say(kNoLogin), hear(kRequest.size()), say(bound + tail)});
      io::Result<io::Connection> connection = dial();
      ASSERT_TRUE(connection) << connection.error().detail;
      EXPECT_EQ(read(*connection), tail);
    }
  }
}

TEST_F(Socks5Tunnel, SaysWhyTheProxyRefusesInItsOwnWords) {
  const std::pair<char, const char*> codes[] = {
      {1, "1 (general SOCKS server failure)"},
      {2, "2 (connection not allowed by ruleset)"},
      {3, "3 (network unreachable)"},
      {4, "4 (host unreachable)"},
      {5, "5 (connection refused)"},
      {6, "6 (TTL expired)"},
      {7, "7 (command not supported)"},
      {8, "8 (address type not supported)"},
      {9, "9 (unassigned)"},
      {'\xFF', "255 (unassigned)"},
  };
  for (const auto& [code, words] : codes) {
    serve({hear(3), say(kNoLogin), hear(kRequest.size()), say("\x05"s + code + "\x00\x01"s)});
    EXPECT_EQ(failure(),
              "the proxy socks5://proxy.example:3128 refused to connect to smtp.example.com:587; "
              "it said: "s +
                  words);
  }
}

TEST_F(Socks5Tunnel, SaysThatTheLoginIsMissingOrWrong) {
  serve({hear(3), say("\x05\xFF")});
  EXPECT_EQ(failure(),
            "the proxy socks5://proxy.example:3128 wants a login, which \"via_user\" and "
            "\"via_password_file\" would give it");
  // A proxy that picks what was not offered gets no password either.
  serve({hear(3), say("\x05\x02")});
  EXPECT_NE(failure().find("wants a login"), std::string::npos);
  proxy.user = "erp";
  serve({hear(4), say("\x05\xFF")});
  EXPECT_EQ(failure(), "the proxy socks5://proxy.example:3128 takes no login by user and password");
  serve({hear(4), say("\x05\x02"), hear(12), say("\x01\x01")});
  EXPECT_EQ(failure(), "the proxy socks5://proxy.example:3128 refused the login of \"via_user\"");
}

TEST_F(Socks5Tunnel, RefusesALoginThatDoesNotFit) {
  serve({});
  proxy.user = std::string(256, 'u');
  EXPECT_NE(failure().find("more than 255 octets"), std::string::npos);
  proxy.user = "erp";
  password = Redacted(std::string(256, 'p'));
  EXPECT_NE(failure().find("more than 255 octets"), std::string::npos);
  password = Redacted("");
  EXPECT_NE(failure().find("an empty password"), std::string::npos);
  EXPECT_EQ(peer->heard(), "");
}

TEST_F(Socks5Tunnel, GivesUpOnAProxyThatIsNone) {
  const std::vector<std::vector<Act>> scripts = {
      {say("HTTP/1.1 400 Bad Request\r\n\r\n")},
      {say("220 mail.example ESMTP\r\n")},
      {hear(3), say("\x04\x00"s)},
      {hear(3), say(kNoLogin), hear(kRequest.size()), say("\x04\x00\x00\x01"s)},
      {hear(3), say(kNoLogin), hear(kRequest.size()), say("\x05\x00\x01\x01"s)},
      {hear(3), say(kNoLogin), hear(kRequest.size()), say("\x05\x00\x00\x02"s)},
  };
  for (const std::vector<Act>& script : scripts) {
    serve(script);
    EXPECT_EQ(
        failure(),
        "the proxy socks5://proxy.example:3128 gave an answer that is none of a SOCKS5 proxy");
  }
}

TEST_F(Socks5Tunnel, NeedsEveryOctetOfTheAnswers) {
  for (const bool silent : {false, true}) {
    const std::string expected =
        silent ? "did not answer in time" : "closed the connection without an answer";
    for (std::size_t length = 0; length < kNoLogin.size() + kConnected.size(); ++length) {
      std::vector<Act> script = {hear(3), say(kNoLogin.substr(0, length))};
      if (length >= kNoLogin.size()) {
        script.push_back(hear(kRequest.size()));
        script.push_back(say(kConnected.substr(0, length - kNoLogin.size())));
      }
      if (!silent) {
        script.push_back(close());
      }
      serve(script);
      EXPECT_EQ(failure(), "the proxy socks5://proxy.example:3128 " + expected) << length;
    }
  }
}

}  // namespace
}  // namespace truerelay::egress
