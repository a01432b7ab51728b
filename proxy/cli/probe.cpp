#include "cli/probe.h"

#include <fmt/core.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "app/digest_key.h"
#include "app/egress.h"
#include "app/open_vault.h"
#include "app/settings.h"
#include "app/tokens.h"
#include "app/upstream_parts.h"
#include "base/ascii.h"
#include "cli/commands.h"
#include "cli/configuration.h"
#include "cli/expiry_warnings.h"
#include "cli/typed_secrets.h"
#include "io/scope.h"
#include "net/loop.h"
#include "net/resolver.h"
#include "net/tcp_dialer.h"
#include "net/worker.h"
#include "platform/process.h"
#include "relay/own_replies.h"
#include "relay/upstream.h"

namespace truerelay::cli {
namespace {

double milliseconds(io::Duration duration) { return static_cast<double>(duration.count()) / 1000; }

class PrintedSteps final : public relay::Steps {
 public:
  void step(std::string_view step, io::Duration took, const std::string& found) override {
    fmt::print("  {:<9} {:>8.1f} ms  {}\n", step, milliseconds(took), printable(found, 2048));
    std::fflush(stdout);
  }
};

// What the upstream does on its own account is on the screen already.
class Silence final : public observe::Events {
 public:
  void message(const observe::MessageRecord& /*record*/) override {}
  void session_failed(const observe::SessionRecord& /*record*/) override {}
  void note(observe::Level /*level*/, std::string_view /*upstream*/,
            std::string_view /*text*/) override {}
};

// What cannot be saved, above all; the rest is on the screen already.
void print_note(oauth::Weight weight, std::string_view text) {
  if (weight == oauth::Weight::error) {
    fmt::print("  warning: {}\n", text);
  }
}

// Which step it was that failed, as far as the cause tells.
std::string_view step_of(relay::Failure::Cause cause) {
  using Cause = relay::Failure::Cause;
  switch (cause) {
    case Cause::name_not_resolved:
      return "DNS";
    case Cause::proxy_failed:
      return "proxy";
    case Cause::unreachable:
      return "connect";
    case Cause::tls_refused:
    case Cause::starttls_not_offered:
      return "TLS";
    case Cause::greeting_refused:
      return "greeting";
    case Cause::no_credentials:
    case Cause::credentials_deferred:
      return "password";
    case Cause::no_token:
      return "token";
    case Cause::no_mechanism:
    case Cause::login_refused:
    case Cause::login_deferred:
      return "AUTH";
    default:
      return "then it";
  }
}

void print_failure(const relay::Failure& failure, const relay::UpstreamSettings& settings) {
  fmt::print("  {:<9} failed; clients would hear:\n", step_of(failure.cause));
  const smtp::Reply reply = relay::reply_for(failure, settings);
  for (const std::string& line : reply.lines) {
    fmt::print("    {} {}\n", reply.code, line);
  }
}

// Of the upstream, or of the proxy on the way, which looks up the upstream's name itself.
io::Task<bool> look_up(net::Loop& loop, const relay::UpstreamSettings& settings,
                       const std::optional<egress::Proxy>& proxy, relay::Steps& steps,
                       io::Cancellation& cancellation) {
  const io::Time started = loop.now();
  const io::Endpoint endpoint = proxy ? io::Endpoint{proxy->host, proxy->port} : settings.endpoint;
  io::Result<std::vector<net::SocketAddress>> addresses =
      co_await net::resolve(loop, endpoint, started + settings.connect_timeout, cancellation);
  if (!addresses) {
    relay::Failure failure = relay::from_io(addresses.error());
    failure.cause = proxy ? relay::Failure::Cause::proxy_failed : failure.cause;
    print_failure(failure, settings);
    co_return false;
  }
  std::string found;
  for (const net::SocketAddress& address : *addresses) {
    found += (found.empty() ? "" : ", ") + net::text(address);
  }
  steps.step("DNS", loop.now() - started, found);
  co_return true;
}

io::Task<void> walk(net::Loop& loop, relay::Upstream& upstream,
                    const std::optional<egress::Proxy>& proxy, oauth::TokenKeeper* keeper,
                    int& status) {
  io::Cancellation never;
  PrintedSteps steps;
  const relay::UpstreamSettings& settings = upstream.settings();
  const bool found = co_await look_up(loop, settings, proxy, steps, never);
  if (found) {
    const io::Time asked = loop.now();
    relay::Result<std::optional<auth::Credentials>> stored =
        co_await upstream.stored_credentials(never);
    if (stored && *stored && keeper != nullptr) {
      steps.step("token", loop.now() - asked, "an access token for " + (**stored).user);
    }
    relay::Result<std::unique_ptr<relay::UpstreamConnection>> connection = nullptr;
    if (stored) {
      connection = co_await upstream.open(*stored ? &**stored : nullptr, steps, never);
    } else {
      connection = std::unexpected(std::move(stored.error()));
    }
    if (connection) {
      co_await (*connection)->quit();
      fmt::print("{} is ready to take mail{}\n", settings.name,
                 upstream.passthrough() ? "; each client logs in as itself" : "");
      status = kDone;
    } else {
      print_failure(connection.error(), settings);
    }
  }
  if (keeper != nullptr) {
    co_await keeper->close();
  }
  loop.stop();
}

const config::Upstream* find(const config::Config& config, const std::string& name) {
  for (const config::Upstream& upstream : config.upstreams) {
    if (upstream.name == name) {
      return &upstream;
    }
  }
  return nullptr;
}

}  // namespace

int probe(const ProbeRequest& request) {
  platform::protect_memory();
  const std::optional<config::Config> config =
      read_configuration(request.config_file, request.passphrase_file);
  if (!config) {
    return kUsage;
  }
  const config::Upstream* configured = find(*config, request.upstream);
  if (configured == nullptr) {
    fmt::print(stderr, "truerelay: no upstream is called {}; there are:", request.upstream);
    for (const config::Upstream& upstream : config->upstreams) {
      fmt::print(stderr, " {}", upstream.name);
    }
    fmt::print(stderr, "\n");
    return kUsage;
  }
  net::Loop loop;
  net::Worker worker(loop);
  vault::Vault vault(config->vault.file,
                     app::key_places(config->vault, ask_passphrase_if_somebody_is_there()));
  app::TrustStores trust;
  std::expected<app::UpstreamParts, std::string> parts =
      app::make_upstream_parts(*configured, trust, {vault, worker});
  if (!parts) {
    fmt::print(stderr, "truerelay: {}\n", parts.error());
    return kFailed;
  }
  net::TcpDialer direct(loop);
  const std::unique_ptr<io::Dialer> through = app::dialer_via_proxy(*configured, direct);
  const std::optional<egress::Proxy> proxy =
      configured->via ? std::optional(app::proxy_of(*configured->via)) : std::nullopt;
  io::Dialer& dialer = through ? *through : direct;
  const digest::Key key = app::draw_key();
  const app::Tokens tokens = configured->oauth
                                 ? app::make_tokens(*configured, {loop, worker, vault, key}, dialer,
                                                    std::move(parts->provider_tls), print_note)
                                 : app::Tokens{};
  auth::CredentialSource* const credentials =
      tokens.keeper ? tokens.keeper.get() : parts->credentials.get();
  Silence events;
  relay::Upstream upstream(app::upstream_settings(*configured),
                           {loop, loop, events, dialer, parts->tls.get(), credentials, key});
  fmt::print("{}: {} port {}{}\n", configured->name, configured->host, configured->port,
             proxy ? " via " + proxy->url() : "");
  int status = kFailed;
  io::Scope scope(loop);
  scope.spawn(walk(loop, upstream, proxy, tokens.keeper.get(), status));
  loop.run();
  print_expiry_warnings(*configured, vault);
  return status;
}

}  // namespace truerelay::cli
