#include "app/settings.h"

#include <array>
#include <cassert>

#include "platform/host_name.h"
#include "platform/ip_text.h"

namespace truerelay::app {
namespace {

relay::Tls tls_of(config::Tls tls) {
  switch (tls) {
    case config::Tls::starttls:
      return relay::Tls::starttls;
    case config::Tls::implicit:
      return relay::Tls::implicit;
    case config::Tls::none:
      return relay::Tls::none;
  }
  return relay::Tls::starttls;
}

relay::Chunking chunking_of(config::Chunking chunking) {
  switch (chunking) {
    case config::Chunking::automatic:
      return relay::Chunking::automatic;
    case config::Chunking::off:
      return relay::Chunking::off;
  }
  return relay::Chunking::automatic;
}

auth::Choice choice_of(std::string_view name) {
  struct Row {
    std::string_view name;
    auth::Choice choice;
  };
  static constexpr std::array kRows = {
      Row{"auto", auth::Choice::automatic},
      Row{"plain", auth::Choice::plain},
      Row{"login", auth::Choice::login},
      Row{"xoauth2", auth::Choice::xoauth2},
      Row{"oauthbearer", auth::Choice::oauthbearer},
      Row{"passthrough", auth::Choice::passthrough},
      Row{"none", auth::Choice::none},
  };
  for (const Row& row : kRows) {
    if (row.name == name) {
      return row.choice;
    }
  }
  assert(false && "the configuration was checked");
  return auth::Choice::none;
}

}  // namespace

relay::ListenerSettings listener_settings(const config::Listener& listener) {
  relay::ListenerSettings settings;
  settings.name = listener.name;
  settings.host_name = platform::host_name();
  for (const std::string& network : listener.allow) {
    settings.allow.push_back(*platform::parse_network(network));
  }
  settings.line_ends =
      listener.reject_bare_line_ends ? smtp::LineEnds::reject : smtp::LineEnds::normalize;
  settings.tls = tls_of(listener.tls);
  settings.max_clients = listener.max_clients;
  settings.command_timeout = listener.command_timeout;
  settings.data_timeout = listener.data_timeout;
  settings.duplicate_window = listener.duplicate_window;
  return settings;
}

relay::UpstreamSettings upstream_settings(const config::Upstream& upstream) {
  relay::UpstreamSettings settings;
  settings.name = upstream.name;
  settings.file =
      (upstream.file.parent_path().filename() / upstream.file.filename()).generic_string();
  settings.endpoint = {upstream.host, upstream.port};
  settings.tls = tls_of(upstream.tls);
  settings.helo_name = upstream.helo_name.empty() ? platform::host_name() : upstream.helo_name;
  settings.auth = choice_of(upstream.auth);
  settings.eager_mail = upstream.eager_mail;
  settings.chunking = chunking_of(upstream.chunking);
  settings.max_connections = upstream.max_connections;
  settings.rate_per_minute = upstream.rate_per_minute;
  settings.max_messages_per_connection = upstream.max_messages_per_connection;
  settings.idle_close = upstream.idle_close;
  settings.keep_warm = upstream.keep_warm;
  settings.patience = upstream.patience;
  settings.replay_buffer = upstream.replay_buffer;
  settings.replay_file = upstream.replay_file;
  settings.fallback = upstream.fallback;
  settings.secret_key = upstream.secret.empty() ? "password_file" : "secret";
  settings.connect_timeout = upstream.connect_timeout;
  settings.reply_timeout = upstream.reply_timeout;
  settings.data_timeout = upstream.data_timeout;
  settings.final_reply_timeout = upstream.final_reply_timeout;
  return settings;
}

observe::LogSettings log_settings(const config::Log& log) {
  observe::LogSettings settings;
  settings.file = log.file;
  settings.format = log.format == config::LogFormat::json ? observe::LogSettings::Format::json
                                                          : observe::LogSettings::Format::text;
  switch (log.level) {
    case config::LogLevel::debug:
      settings.level = observe::Level::debug;
      break;
    case config::LogLevel::info:
      settings.level = observe::Level::info;
      break;
    case config::LogLevel::warning:
      settings.level = observe::Level::warning;
      break;
    case config::LogLevel::error:
      settings.level = observe::Level::error;
      break;
  }
  settings.max_size = log.max_size;
  settings.keep = log.keep;
  return settings;
}

auth::Credentials::Kind secret_kind(const config::Upstream& upstream) {
  const bool token = upstream.auth == "xoauth2" || upstream.auth == "oauthbearer";
  return token ? auth::Credentials::Kind::token : auth::Credentials::Kind::password;
}

}  // namespace truerelay::app
