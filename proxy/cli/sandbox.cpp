#include "cli/sandbox.h"

#include <fmt/core.h>

#include <cstdio>
#include <memory>

#include "app/practice_certificates.h"
#include "app/practice_upstream.h"
#include "cli/commands.h"
#include "platform/secret_file.h"
#include "sandbox/orders.h"
#include "tls/server_context.h"

namespace truerelay::cli {
namespace {

std::expected<sandbox::Settings, std::string> settings_of(const SandboxRequest& request) {
  sandbox::Settings settings;
  settings.hostname = "localhost";
  sandbox::Account account;
  account.user = request.user;
  if (request.password_file.empty()) {
    account.any_secret = true;
  } else {
    std::expected<Redacted, std::string> password =
        platform::read_secret_file(request.password_file);
    if (!password) {
      return std::unexpected(std::move(password.error()));
    }
    account.password = std::move(*password);
  }
  settings.accounts.push_back(std::move(account));
  return settings;
}

int fail(const std::string& why) {
  fmt::print(stderr, "truerelay: {}\n", why);
  return kFailed;
}

}  // namespace

std::string sandbox_orders() {
  std::string text = "Recipients whose name orders an outcome (at any domain):\n";
  for (const sandbox::OrderDescription& order : sandbox::order_descriptions()) {
    text += fmt::format("  {:<24} {}\n", order.pattern, order.effect);
  }
  return text;
}

int sandbox(const SandboxRequest& request) {
  std::expected<sandbox::Settings, std::string> settings = settings_of(request);
  if (!settings) {
    return fail(settings.error());
  }
  std::expected<app::PracticeCertificates, std::string> certificates =
      app::practice_certificates(request.certs);
  if (!certificates) {
    return fail(certificates.error());
  }
  std::expected<std::unique_ptr<tls::ServerContext>, std::string> tls =
      tls::ServerContext::load(certificates->certificate_file, certificates->key_file);
  if (!tls) {
    return fail(tls.error());
  }
  std::expected<std::unique_ptr<app::PracticeUpstream>, std::string> upstream =
      app::PracticeUpstream::start(std::move(*settings), std::move(*tls), request.mail,
                                   {request.starttls_port, request.implicit_port});
  if (!upstream) {
    return fail(upstream.error());
  }
  const app::PracticeUpstream::Ports ports = (*upstream)->ports();
  fmt::print(
      "A practice upstream; nothing is delivered; Ctrl-C stops it. In upstreams/sandbox.toml:\n"
      "  host    = \"localhost\"\n"
      "  port    = {}         # or {} with tls = \"implicit\"\n"
      "  tls     = \"starttls\"\n"
      "  ca_file = \"{}\"\n"
      "  user    = \"{}\"\n"
      "  password_file = \"sandbox.password\"  # {}\n"
      "and in truerelay.toml: upstream = \"sandbox\"\n"
      "Accepted messages and the ledger: {}\n",
      ports.starttls, ports.implicit, std::filesystem::absolute(certificates->ca_file).string(),
      request.user,
      request.password_file.empty() ? "umask 077; echo any > upstreams/sandbox.password"
                                    : "with the password of --password-file",
      std::filesystem::absolute(request.mail).string());
  std::fflush(stdout);
  (*upstream)->run();
  return kDone;
}

}  // namespace truerelay::cli
