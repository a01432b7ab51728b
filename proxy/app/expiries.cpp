#include "app/expiries.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <string>

#include "app/public_file.h"
#include "tls/jwt_signer.h"

namespace truerelay::app {
namespace {

// Microsoft lets a refresh token go that was unused for so long; Google waits twice as long.
constexpr auto kUnused = std::chrono::hours(24) * 90;

using List = std::vector<oauth::Expiry>;

const vault::About* find(const std::vector<vault::About>& all, const std::string& name) {
  const auto found = std::ranges::find(all, name, &vault::About::name);
  return found == all.end() ? nullptr : &*found;
}

// `what` is "the client secret".
void add_secret(List& list, std::string_view what, const std::string& name,
                const config::Upstream& upstream, const std::vector<vault::About>& all) {
  const vault::About* const about = find(all, name);
  if (about != nullptr && about->expires) {
    list.push_back({fmt::format("{} {} of upstream {}", what, name, upstream.name), *about->expires,
                    fmt::format("Make a new one at the provider and store it: truerelay secret set "
                                "{} --expires DATE",
                                name)});
  }
}

void add_refresh_token(List& list, const config::Upstream& upstream,
                       const std::vector<vault::About>& all) {
  const std::string& name = upstream.oauth->refresh_token;
  const vault::About* const about = find(all, name);
  if (upstream.oauth->way == config::OAuth::Way::login && about != nullptr) {
    list.push_back(
        {fmt::format("the login {} of upstream {}, unused for long,", name, upstream.name),
         std::max(about->changed, about->used.value_or(about->changed)) + kUnused,
         fmt::format("Let the service run, or log in again: truerelay login {}", upstream.name)});
  }
}

void add_certificate(List& list, const config::Upstream& upstream, std::string_view pem) {
  const std::expected<io::WallTime, std::string> end = tls::certificate_end(pem, "[oauth]");
  if (end) {
    list.push_back({fmt::format("the certificate in [oauth] of upstream {}", upstream.name), *end,
                    "Make a new one, and make it known to the provider before it takes the old "
                    "one's place"});
  }
}

void add_certificate_of(List& list, const config::Upstream& upstream, vault::Vault& vault) {
  const config::OAuth& oauth = *upstream.oauth;
  if (oauth.certificate.empty() && oauth.certificate_file.empty()) {
    return;
  }
  const std::expected<Redacted, std::string> pem = oauth.certificate.empty()
                                                       ? read_public_file(oauth.certificate_file)
                                                       : vault.get(oauth.certificate);
  if (pem) {
    add_certificate(list, upstream, pem->reveal());
  }
}

}  // namespace

bool may_expire(const config::Upstream& upstream) {
  return !upstream.secret.empty() ||
         (upstream.oauth && upstream.oauth->way != config::OAuth::Way::command);
}

std::vector<oauth::Expiry> expiries_of(const config::Upstream& upstream, vault::Vault& vault) {
  List list;
  if (!may_expire(upstream)) {
    return list;
  }
  const vault::Result<std::vector<vault::About>> all = vault.list();
  if (all) {
    add_secret(list, "the secret", upstream.secret, upstream, *all);
  }
  if (upstream.oauth) {
    if (all) {
      add_secret(list, "the client secret", upstream.oauth->client_secret, upstream, *all);
      add_secret(list, "the service account", upstream.oauth->service_account, upstream, *all);
      add_refresh_token(list, upstream, *all);
    }
    add_certificate_of(list, upstream, vault);
  }
  return list;
}

io::Task<std::vector<oauth::Expiry>> look_up_expiries(config::Upstream upstream, Secrets secrets) {
  vault::Vault* const vault = &secrets.vault;
  std::vector<oauth::Expiry> list = co_await io::on_worker(
      secrets.worker, [vault, of = std::move(upstream)] { return expiries_of(of, *vault); });
  co_return list;
}

}  // namespace truerelay::app
