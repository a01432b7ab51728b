#pragma once

#include <gtest/gtest.h>

#include <expected>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "egress/proxy_dialer.h"
#include "io/scope.h"
#include "tests/http/scripted_peer.h"
#include "tests/simulation/network.h"
#include "tests/simulation/world.h"

namespace truerelay::egress {

using namespace std::chrono_literals;
using Kind = io::Failure::Kind;
using http::Act;

// A dialer that goes through a scripted proxy at proxy.example:3128, to smtp.example.com:587 unless
// a test says otherwise. The canary is the password of "erp".
class TunnelTest : public testing::Test {
 protected:
  explicit TunnelTest(Proxy::Protocol protocol) {
    proxy.protocol = protocol;
    proxy.host = "proxy.example";
    proxy.port = 3128;
  }

  ~TunnelTest() override { world.run_for(2min); }

  void serve(std::vector<Act> script) {
    world.run_for(2min);  // The one before notices that nobody is there any more.
    peer.emplace(world, network, proxy.host, proxy.port, std::move(script));
  }
  // Every byte that the proxy sends comes by itself.
  void dribble() {
    network.set_plan([](const io::Endpoint&, std::uint64_t, simulation::Random&) {
      simulation::Attempt attempt;
      attempt.conditions.to_client.smallest_piece = 1;
      attempt.conditions.to_client.largest_piece = 1;
      return attempt;
    });
  }

  void begin(std::optional<io::Result<io::Connection>>& into) { scope.spawn(run(*this, into)); }
  // The connection, or what went wrong, by the deadline in 30 s.
  io::Result<io::Connection> dial() {
    std::optional<io::Result<io::Connection>> result;
    begin(result);
    const io::Time begun = world.now();
    world.run_until([&] { return result.has_value(); });
    EXPECT_LE(world.now() - begun, 31s);
    if (!*result) {
      EXPECT_EQ(result->error().detail.find("canary"), std::string::npos);
    }
    return *std::move(result);
  }
  // What went wrong, which the proxy is to blame for.
  std::string failure() {
    const io::Result<io::Connection> result = dial();
    if (result) {
      ADD_FAILURE() << "it has connected";
      return {};
    }
    EXPECT_EQ(result.error().kind, Kind::proxy_failed);
    return result.error().detail;
  }
  // What can be read from a connection within a second.
  std::string read(io::Connection& connection) {
    std::string all;
    connection.stream->set_deadline(world.now() + 1s);
    scope.spawn(read_all(*connection.stream, all));
    world.run_for(2s);
    return all;
  }

  simulation::World world{1};
  simulation::Network network{world};
  simulation::SimulatedDialer direct{network, simulation::ipv4(10, 0, 0, 5)};
  Proxy proxy;
  io::Endpoint target{"smtp.example.com", 587};
  std::expected<Redacted, std::string> password = Redacted("canary");
  io::Cancellation cancellation;
  io::Scope scope{world};
  std::optional<http::ScriptedPeer> peer;

 private:
  static io::Task<void> run(TunnelTest& self, std::optional<io::Result<io::Connection>>& into) {
    ProxyDialer dialer(self.direct, self.proxy, [&self]() -> std::expected<Redacted, std::string> {
      if (!self.password) {
        return std::unexpected(self.password.error());
      }
      return Redacted(std::string(self.password->reveal()));
    });
    io::Result<io::Connection> result =
        co_await dialer.dial(self.target, self.world.now() + 30s, self.cancellation);
    into.emplace(std::move(result));
  }
  static io::Task<void> read_all(io::Stream& stream, std::string& all) {
    while (true) {
      Buffer buffer;
      const io::Result<std::size_t> count = co_await stream.read(buffer);
      if (!count || *count == 0) {
        co_return;
      }
      all += buffer.readable();
    }
  }
};

}  // namespace truerelay::egress
