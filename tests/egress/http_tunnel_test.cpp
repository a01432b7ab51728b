// HTTP CONNECT through proxies that do just what a test says.

#include "tests/egress/tunnel_test.h"

namespace truerelay::egress {
namespace {

using http::close;
using http::hear_header;
using http::pause;
using http::say;
using http::say_for_ever;

constexpr const char* kEstablished = "HTTP/1.1 200 Connection established\r\n\r\n";

class HttpTunnel : public TunnelTest {
 protected:
  HttpTunnel() : TunnelTest(Proxy::Protocol::http) {}
};

TEST_F(HttpTunnel, ConnectsAndSaysThroughWhom) {
  serve({hear_header(), say(kEstablished)});
  const io::Result<io::Connection> connection = dial();
  ASSERT_TRUE(connection) << connection.error().detail;
  EXPECT_EQ(connection->address, "smtp.example.com:587 via 192.0.2.1:3128");
  EXPECT_EQ(peer->heard(),
            "CONNECT smtp.example.com:587 HTTP/1.1\r\nHost: smtp.example.com:587\r\n\r\n");
}

TEST_F(HttpTunnel, WritesAnAddressAsUrlsDo) {
  target = {"2001:db8::1", 465};
  serve({hear_header(), say(kEstablished)});
  ASSERT_TRUE(dial());
  EXPECT_TRUE(peer->heard().starts_with("CONNECT [2001:db8::1]:465 HTTP/1.1\r\n"));
}

TEST_F(HttpTunnel, LogsInWhereAUserIsGiven) {
  proxy.user = "erp";
  serve({hear_header(), say(kEstablished)});
  ASSERT_TRUE(dial());
  EXPECT_NE(peer->heard().find("\r\nProxy-Authorization: Basic ZXJwOmNhbmFyeQ==\r\n"),
            std::string::npos);
}

// A mail server speaks first, and its greeting may come together with the proxy's answer.
TEST_F(HttpTunnel, LosesNoByteBehindTheAnswer) {
  for (const bool one_by_one : {false, true}) {
    if (one_by_one) {
      dribble();
    }
    for (const std::string answer : {kEstablished, "HTTP/1.0 200 OK\r\n\r\n",
                                     "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nVia: x\r\n\r\n",
                                     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                                     "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 299 \r\n\r\n"}) {
      serve({hear_header(), say(answer + "220 smtp.example.com ESMTP\r\n"), pause(100ms),
             say("more")});
      io::Result<io::Connection> connection = dial();
      ASSERT_TRUE(connection) << connection.error().detail;
      EXPECT_EQ(read(*connection), "220 smtp.example.com ESMTP\r\nmore") << answer;
    }
  }
}

TEST_F(HttpTunnel, SaysWhyTheProxyRefusesInItsOwnWords) {
  struct Case {
    const char* answer;
    const char* detail;
  };
  const Case cases[] = {
      {"HTTP/1.1 403 Filtered\r\nContent-Length: 5\r\n\r\nsorry",
       "the proxy http://proxy.example:3128 refused to connect to smtp.example.com:587; it said: "
       "403 Filtered"},
      {"HTTP/1.1 502 Bad \x1b[2J\r\n\r\n", nullptr},
      {"HTTP/1.1 502 Bad\xC2\x85Gateway\r\n\r\n",
       "the proxy http://proxy.example:3128 refused to connect to smtp.example.com:587; it said: "
       "502 Bad\\xC2\\x85Gateway"},
      {"HTTP/1.1 302 Found\r\nLocation: http://elsewhere.example/\r\n\r\n",
       "the proxy http://proxy.example:3128 refused to connect to smtp.example.com:587; it said: "
       "302 Found"},
      {"HTTP/1.1 407 Who are you\r\n\r\n",
       "the proxy http://proxy.example:3128 wants a login, which \"via_user\" and "
       "\"via_password_file\" would give it; it said: 407 Who are you"},
  };
  for (const Case& each : cases) {
    serve({hear_header(), say(each.answer), close()});
    const std::string detail = failure();
    if (each.detail != nullptr) {
      EXPECT_EQ(detail, each.detail);
    }
    EXPECT_EQ(detail.find('\x1b'), std::string::npos);
  }
}

TEST_F(HttpTunnel, SaysThatTheLoginWasRefused) {
  proxy.user = "erp";
  serve({hear_header(), say("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")});
  EXPECT_EQ(failure(),
            "the proxy http://proxy.example:3128 refused the login of \"via_user\"; it said: 407 "
            "Proxy Authentication Required");
  EXPECT_EQ(peer->connections(), 1U);
}

TEST_F(HttpTunnel, DoesNotSayAfterTheProxyWhatRepeatsThePassword) {
  proxy.user = "erp";
  for (const char* words : {"407 Not canary", "407 Y2FuYXJ5 is wrong", "502 No host %63anary"}) {
    serve({hear_header(), say("HTTP/1.1 " + std::string(words) + "\r\n\r\n")});
    const std::string detail = failure();
    EXPECT_TRUE(detail.ends_with(std::string("it said: ").append(words, 3) +
                                 " (the rest repeats the password)"))
        << detail;
  }
}

TEST_F(HttpTunnel, AsksNoProxyWithoutThePassword) {
  proxy.user = "erp";
  password = std::unexpected("There is no /etc/truerelay/proxy.password.");
  serve({hear_header(), say(kEstablished)});
  EXPECT_EQ(failure(),
            "the proxy http://proxy.example:3128 needs a password: There is no "
            "/etc/truerelay/proxy.password.");
  EXPECT_EQ(peer->connections(), 0U);
}

TEST_F(HttpTunnel, GivesUpOnAProxyThatIsNone) {
  const std::vector<std::vector<Act>> scripts = {
      {say("220 mail.example ESMTP\r\n")},
      {hear_header(), say("<html>"), pause(60s)},
      {hear_header(), say("\x05\x01"), pause(60s)},
      {hear_header(), say("HTTP/1.1 200 OK\r\nBroken\r\n\r\n")},
      {hear_header(), say("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n")},
      {hear_header(), say("HTTP/1.1 200 OK\r\n"), say_for_ever("X: y\r\n")},
      {hear_header(), say("HTTP/1.1 200 OK\r\nX: "), say_for_ever("y")},
      {hear_header(), say_for_ever("HTTP/1.1 100 Continue\r\n\r\n")},
  };
  for (const std::vector<Act>& script : scripts) {
    serve(script);
    EXPECT_TRUE(failure().starts_with(
        "the proxy http://proxy.example:3128 gave an answer that is none of an HTTP proxy: "));
  }
}

TEST_F(HttpTunnel, GivesUpOnAProxyThatIsSilentOrSlow) {
  const std::vector<std::vector<Act>> scripts = {
      {},
      {hear_header()},
      {hear_header(), say("HTTP/1.1 200 OK\r\n")},
      {hear_header(), say("HTTP/1.1 200 OK\r\n"), say_for_ever("X: y\r\n", 1s)},
  };
  for (const std::vector<Act>& script : scripts) {
    serve(script);
    EXPECT_EQ(failure(), "the proxy http://proxy.example:3128 did not answer in time");
  }
}

TEST_F(HttpTunnel, NeedsTheWholeAnswer) {
  const std::string answer = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX: y\r\n\r\n";
  for (std::size_t length = 0; length < answer.size(); ++length) {
    serve({hear_header(), say(answer.substr(0, length)), close()});
    EXPECT_EQ(failure(),
              "the proxy http://proxy.example:3128 closed the connection without an answer")
        << length;
  }
}

TEST_F(HttpTunnel, SaysThatTheProxyIsNotThere) {
  EXPECT_TRUE(failure().starts_with(
      "there is no connection through the proxy http://proxy.example:3128: "));
  network.listen("proxy.example", 1, [](std::unique_ptr<io::Stream>, const io::Peer&) {});
  EXPECT_TRUE(failure().starts_with(
      "there is no connection through the proxy http://proxy.example:3128: "));
}

TEST_F(HttpTunnel, StopsAtOnceWhenItIsCancelled) {
  serve({hear_header()});
  std::optional<io::Result<io::Connection>> result;
  begin(result);
  world.run_for(1s);
  EXPECT_EQ(scope.running(), 1U);
  cancellation.cancel();
  world.run_for(1ms);
  EXPECT_EQ(scope.running(), 0U);
  ASSERT_TRUE(result);
  ASSERT_FALSE(*result);
  EXPECT_EQ(result->error().kind, Kind::cancelled);
}

}  // namespace
}  // namespace truerelay::egress
