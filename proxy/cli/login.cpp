#include "cli/login.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <optional>

#include "app/digest_key.h"
#include "app/egress.h"
#include "app/open_vault.h"
#include "app/tokens.h"
#include "app/upstream_parts.h"
#include "cli/commands.h"
#include "cli/configuration.h"
#include "cli/login_redirect.h"
#include "cli/typed_secrets.h"
#include "io/scope.h"
#include "net/loop.h"
#include "net/tcp_dialer.h"
#include "net/worker.h"
#include "oauth/authorization.h"
#include "platform/process.h"
#include "platform/random.h"
#include "tls/jwt_signer.h"

namespace truerelay::cli {
namespace {

constexpr io::Duration kPerson = std::chrono::minutes(15);
constexpr io::Duration kRequest = std::chrono::seconds(30);

using oauth::TokenResult;

void show_code(const oauth::DeviceCode& code) {
  fmt::print(
      "Open this page in a browser, on any machine:\n\n    {}\n\nand type the code\n\n    {}\n\n"
      "Waiting until you have logged in there ...\n",
      code.verification_uri, code.user_code);
  std::fflush(stdout);
}

// A login of one upstream, from its beginning to the refresh token in the vault.
struct Login {
  net::Loop& loop;
  const config::Upstream& upstream;
  app::Provider& provider;
  bool browser;
  io::Cancellation never{};
  int status = kFailed;

  io::Task<TokenResult<oauth::Token>> in_browser() {
    const config::OAuth& settings = *upstream.oauth;
    const oauth::Attempt attempt = oauth::new_attempt(platform::random_bits, tls::sha256);
    std::expected<std::unique_ptr<LoginRedirect>, std::string> redirect =
        LoginRedirect::open(loop, attempt.state);
    if (!redirect) {
      co_return std::unexpected(oauth::TokenFailure{
          .permanent = true, .cause = std::move(redirect.error()), .remedy = ""});
    }
    const std::string uri = (*redirect)->uri(settings.redirect_host);
    fmt::print(
        "Open this address in a browser and log in as {}:\n\n    {}\n\nWith a browser on another "
        "machine the last page cannot be shown there: copy its whole address,\nwhich begins with "
        "{}, paste it here, and press Enter.\n",
        upstream.user,
        oauth::authorization_url({.endpoint = settings.authorization_endpoint,
                                  .client_id = settings.client_id,
                                  .redirect_uri = uri,
                                  .scope = settings.scope,
                                  .user = upstream.user,
                                  .extra = settings.authorization_extra},
                                 attempt),
        uri);
    std::fflush(stdout);
    const TokenResult<Redacted> code = co_await (*redirect)->code(loop.now() + kPerson, never);
    co_await (*redirect)->close();
    if (!code) {
      co_return std::unexpected(code.error());
    }
    TokenResult<oauth::Token> token = co_await oauth::redeem_code(
        provider.code_login(uri), provider.parts(), attempt, *code, loop.now() + kRequest, never);
    co_return token;
  }

  io::Task<TokenResult<oauth::Token>> by_device() {
    TokenResult<oauth::Token> token = co_await oauth::log_in_by_device(
        provider.device_login(), provider.parts(), loop, show_code, never);
    co_return token;
  }

  io::Task<void> run() {
    TokenResult<oauth::Token> token = std::unexpected(oauth::TokenFailure{});
    if (browser) {
      token = co_await in_browser();
    } else {
      token = co_await by_device();
    }
    if (token) {
      const std::string& name = upstream.oauth->refresh_token;
      const std::expected<void, std::string> saved =
          co_await provider.secrets().put(name, std::move(token->refresh));
      if (saved) {
        fmt::print(
            "Logged in. The refresh token is in the vault as {}; a running service takes it "
            "from there.\n",
            name);
        status = kDone;
      } else {
        fmt::print(stderr, "truerelay: the refresh token cannot be saved: {}\n", saved.error());
      }
    } else {
      fmt::print(stderr, "truerelay: {}.\n", oauth::sentence(token.error()));
    }
    loop.stop();
  }
};

// Why nobody can log in at this upstream, or nullopt.
std::optional<std::string> fault_of(const config::Upstream& upstream, bool browser) {
  if (!upstream.oauth || upstream.oauth->way != config::OAuth::Way::login) {
    return fmt::format(
        "upstream {} needs no login of a person: its file has no [oauth] with the preset "
        "microsoft or google",
        upstream.name);
  }
  if (browser ? upstream.oauth->authorization_endpoint.empty()
              : upstream.oauth->device_endpoint.empty()) {
    return fmt::format("[oauth] of upstream {} has no {}", upstream.name,
                       browser ? "authorization_endpoint" : "device_endpoint");
  }
  return std::nullopt;
}

int fail(std::string_view why, int status) {
  fmt::print(stderr, "truerelay: {}\n", why);
  return status;
}

}  // namespace

int login(const LoginRequest& request) {
  platform::protect_memory();
  const std::optional<config::Config> config =
      read_configuration(request.config_file, request.passphrase_file);
  if (!config) {
    return kUsage;
  }
  const auto upstream =
      std::ranges::find(config->upstreams, request.upstream, &config::Upstream::name);
  if (upstream == config->upstreams.end()) {
    return fail(fmt::format("no upstream is called {}", request.upstream), kUsage);
  }
  const bool browser =
      request.browser || (upstream->oauth && upstream->oauth->device_endpoint.empty());
  if (const std::optional<std::string> fault = fault_of(*upstream, browser)) {
    return fail(*fault, kUsage);
  }
  // A person is not to log in for nothing.
  vault::Vault vault(config->vault.file, app::key_places(config->vault, ask_passphrase));
  if (const auto readable = vault.list(); !readable) {
    return fail(readable.error(), kFailed);
  }
  net::Loop loop;
  net::Worker worker(loop);
  net::TcpDialer direct(loop);
  const std::unique_ptr<io::Dialer> through = app::dialer_via_proxy(*upstream, direct);
  app::TrustStores trust;
  const digest::Key key = app::draw_key();
  std::expected<std::unique_ptr<io::TlsClient>, std::string> tls =
      app::tls_to_provider(*upstream->oauth, trust);
  if (!tls) {
    return fail(tls.error(), kFailed);
  }
  app::Provider provider(*upstream->oauth, {loop, worker, vault, key}, through ? *through : direct,
                         *std::move(tls));
  Login attempt{loop, *upstream, provider, browser};
  io::Scope scope(loop);
  scope.spawn(attempt.run());
  loop.run();
  return attempt.status;
}

}  // namespace truerelay::cli
