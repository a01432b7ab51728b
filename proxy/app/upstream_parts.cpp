#include "app/upstream_parts.h"

#include "app/password_file.h"
#include "app/settings.h"
#include "app/vault_secret.h"
#include "platform/default_paths.h"
#include "tls/client_context.h"

namespace truerelay::app {

std::expected<std::shared_ptr<const tls::TrustStore>, std::string> TrustStores::get(
    const std::filesystem::path& ca_file) {
  const std::filesystem::path file = ca_file.empty() ? platform::system_trust_file() : ca_file;
  if (file.empty()) {
    return std::unexpected(
        "This machine has no list of trusted authorities: install the package ca-certificates, or "
        "name one with \"ca_file\".");
  }
  std::shared_ptr<const tls::TrustStore>& known = stores_[file];
  if (!known) {
    std::expected<std::shared_ptr<const tls::TrustStore>, std::string> loaded =
        tls::TrustStore::load(file);
    if (!loaded) {
      return loaded;
    }
    known = std::move(*loaded);
  }
  return known;
}

std::expected<std::unique_ptr<io::TlsClient>, std::string> tls_to_provider(
    const config::OAuth& oauth, TrustStores& trust) {
  std::expected<std::shared_ptr<const tls::TrustStore>, std::string> store =
      trust.get(oauth.ca_file);
  if (!store) {
    return std::unexpected(std::move(store.error()));
  }
  tls::ClientContext::Settings settings;
  settings.trust = *std::move(store);
  std::expected<std::unique_ptr<tls::ClientContext>, std::string> context =
      tls::ClientContext::create(std::move(settings));
  if (!context) {
    return std::unexpected(std::move(context.error()));
  }
  return *std::move(context);
}

std::expected<UpstreamParts, std::string> make_upstream_parts(const config::Upstream& upstream,
                                                              TrustStores& trust, Secrets secrets) {
  UpstreamParts parts;
  if (upstream.tls != config::Tls::none) {
    tls::ClientContext::Settings settings;
    if (upstream.verify) {
      std::expected<std::shared_ptr<const tls::TrustStore>, std::string> store =
          trust.get(upstream.ca_file);
      if (!store) {
        return std::unexpected(std::move(store.error()));
      }
      settings.trust = std::move(*store);
    }
    settings.verify = upstream.verify;
    settings.pins = upstream.pin_sha256;
    settings.least = upstream.min_tls == "1.3" ? tls::Version::tls13 : tls::Version::tls12;
    settings.client_certificate = upstream.client_certificate;
    std::expected<std::unique_ptr<tls::ClientContext>, std::string> context =
        tls::ClientContext::create(std::move(settings));
    if (!context) {
      return std::unexpected(std::move(context.error()));
    }
    parts.tls = std::move(*context);
  }
  if (!upstream.password_file.empty()) {
    parts.credentials = std::make_unique<PasswordFile>(upstream.user, upstream.password_file,
                                                       secret_kind(upstream));
  } else if (!upstream.secret.empty()) {
    parts.credentials = std::make_unique<VaultSecret>(
        upstream.user, upstream.secret, secret_kind(upstream), secrets.vault, secrets.worker);
  }
  if (upstream.oauth) {
    std::expected<std::unique_ptr<io::TlsClient>, std::string> tls =
        tls_to_provider(*upstream.oauth, trust);
    if (!tls) {
      return std::unexpected("[oauth]: " + tls.error());
    }
    parts.provider_tls = *std::move(tls);
  }
  return parts;
}

}  // namespace truerelay::app
