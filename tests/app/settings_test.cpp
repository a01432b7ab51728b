// From the checked configuration to what each part is told of it.

#include "app/settings.h"

#include <gtest/gtest.h>

#include "tests/simulation/network.h"

namespace truerelay::app {
namespace {

using namespace std::chrono_literals;

TEST(Settings, AListenersKeysReachTheRelay) {
  config::Listener listener;
  listener.name = "erp";
  listener.allow = {"10.0.0.0/8", "::1"};
  listener.reject_bare_line_ends = true;
  listener.tls = config::Tls::implicit;
  listener.auth = config::ClientAuth::required;
  listener.max_clients = 7;
  listener.command_timeout = 11s;
  listener.data_timeout = 13s;
  listener.duplicate_window = 17s;
  const relay::ListenerSettings settings = listener_settings(listener);
  EXPECT_EQ(settings.name, "erp");
  EXPECT_FALSE(settings.host_name.empty());
  ASSERT_EQ(settings.allow.size(), 2U);
  EXPECT_TRUE(settings.allow[0].contains(simulation::ipv4(10, 1, 2, 3)));
  EXPECT_FALSE(settings.allow[0].contains(simulation::ipv4(11, 1, 2, 3)));
  EXPECT_EQ(settings.line_ends, smtp::LineEnds::reject);
  EXPECT_EQ(settings.tls, relay::Tls::implicit);
  EXPECT_EQ(settings.auth, relay::ClientAuth::required);
  EXPECT_EQ(settings.max_clients, 7U);
  EXPECT_EQ(settings.command_timeout, 11s);
  EXPECT_EQ(settings.data_timeout, 13s);
  EXPECT_EQ(settings.duplicate_window, 17s);
}

TEST(Settings, AnUpstreamsKeysReachTheRelay) {
  config::Upstream upstream;
  upstream.name = "office365";
  upstream.file = "/etc/truerelay/upstreams/office365.toml";
  upstream.host = "smtp.office365.com";
  upstream.port = 25;
  upstream.tls = config::Tls::none;
  upstream.helo_name = "erp.contoso.example";
  upstream.eager_mail = true;
  upstream.connect_timeout = 2s;
  upstream.reply_timeout = 3s;
  upstream.data_timeout = 5s;
  upstream.final_reply_timeout = 7s;
  const relay::UpstreamSettings settings = upstream_settings(upstream);
  EXPECT_EQ(settings.name, "office365");
  EXPECT_EQ(settings.file, "upstreams/office365.toml");
  EXPECT_EQ(settings.endpoint.host, "smtp.office365.com");
  EXPECT_EQ(settings.endpoint.port, 25);
  EXPECT_EQ(settings.tls, relay::Tls::none);
  EXPECT_EQ(settings.helo_name, "erp.contoso.example");
  EXPECT_TRUE(settings.eager_mail);
  EXPECT_EQ(settings.chunking, relay::Chunking::automatic);
  EXPECT_EQ(settings.connect_timeout, 2s);
  EXPECT_EQ(settings.reply_timeout, 3s);
  EXPECT_EQ(settings.data_timeout, 5s);
  EXPECT_EQ(settings.final_reply_timeout, 7s);
}

TEST(Settings, AnUpstreamsLimitsReachTheRelay) {
  config::Upstream upstream;
  upstream.chunking = config::Chunking::off;
  upstream.max_connections = 2;
  upstream.rate_per_minute = 3;
  upstream.max_messages_per_connection = 5;
  upstream.idle_close = 7s;
  upstream.keep_warm = true;
  upstream.patience = 11s;
  upstream.replay_buffer = 13;
  upstream.replay_file = true;
  upstream.fallback = "backup";
  const relay::UpstreamSettings settings = upstream_settings(upstream);
  EXPECT_EQ(settings.chunking, relay::Chunking::off);
  EXPECT_EQ(settings.max_connections, 2U);
  EXPECT_EQ(settings.rate_per_minute, 3U);
  EXPECT_EQ(settings.max_messages_per_connection, 5U);
  EXPECT_EQ(settings.idle_close, 7s);
  EXPECT_TRUE(settings.keep_warm);
  EXPECT_EQ(settings.patience, 11s);
  EXPECT_EQ(settings.replay_buffer, 13U);
  EXPECT_TRUE(settings.replay_file);
  EXPECT_EQ(settings.fallback, "backup");
}

TEST(Settings, WithoutAHeloNameThisMachinesNameIsUsed) {
  EXPECT_FALSE(upstream_settings({}).helo_name.empty());
}

TEST(Settings, EveryWayToLogInHasItsChoice) {
  const std::vector<std::pair<const char*, auth::Choice>> ways = {
      {"auto", auth::Choice::automatic},
      {"plain", auth::Choice::plain},
      {"login", auth::Choice::login},
      {"xoauth2", auth::Choice::xoauth2},
      {"oauthbearer", auth::Choice::oauthbearer},
      {"passthrough", auth::Choice::passthrough},
      {"none", auth::Choice::none}};
  for (const auto& [name, choice] : ways) {
    config::Upstream upstream;
    upstream.auth = name;
    EXPECT_EQ(upstream_settings(upstream).auth, choice) << name;
  }
}

TEST(Settings, OnlyTheOAuthMechanismsTakeTheSecretForAToken) {
  for (const char* name : {"auto", "plain", "login"}) {
    config::Upstream upstream;
    upstream.auth = name;
    EXPECT_EQ(secret_kind(upstream), auth::Credentials::Kind::password) << name;
  }
  for (const char* name : {"xoauth2", "oauthbearer"}) {
    config::Upstream upstream;
    upstream.auth = name;
    EXPECT_EQ(secret_kind(upstream), auth::Credentials::Kind::token) << name;
  }
}

TEST(Settings, TheLogsKeysReachTheLog) {
  config::Log log;
  log.file = "truerelay.log";
  log.format = config::LogFormat::json;
  log.level = config::LogLevel::warning;
  log.max_size = 1000;
  log.keep = 3;
  const observe::LogSettings settings = log_settings(log);
  EXPECT_EQ(settings.file, "truerelay.log");
  EXPECT_EQ(settings.format, observe::LogSettings::Format::json);
  EXPECT_EQ(settings.level, observe::Level::warning);
  EXPECT_EQ(settings.max_size, 1000U);
  EXPECT_EQ(settings.keep, 3U);
}

}  // namespace
}  // namespace truerelay::app
