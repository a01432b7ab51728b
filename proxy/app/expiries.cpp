#include "app/expiries.h"

#include <fmt/core.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

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

void add_secret(List& list, const config::Upstream& upstream,
                const std::vector<vault::About>& all) {
  const std::string& name = upstream.oauth->client_secret;
  const vault::About* const about = find(all, name);
  if (about != nullptr && about->expires) {
    list.push_back({fmt::format("the client secret {} of upstream {}", name, upstream.name),
                    *about->expires,
                    fmt::format("Make a new one at the provider and store it: truerelay secret set "
                                "{}",
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

}  // namespace

std::vector<oauth::Expiry> expiries_of(const config::Upstream& upstream, vault::Vault& vault) {
  List list;
  if (!upstream.oauth || upstream.oauth->way == config::OAuth::Way::command) {
    return list;
  }
  const config::OAuth& oauth = *upstream.oauth;
  if (const vault::Result<std::vector<vault::About>> all = vault.list()) {
    add_secret(list, upstream, *all);
    add_refresh_token(list, upstream, *all);
  }
  if (!oauth.certificate.empty()) {
    if (const vault::Result<Redacted> pem = vault.get(oauth.certificate)) {
      add_certificate(list, upstream, pem->reveal());
    }
  } else if (!oauth.certificate_file.empty()) {
    std::ifstream stream(oauth.certificate_file, std::ios::binary);
    const std::string pem{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    add_certificate(list, upstream, pem);
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
