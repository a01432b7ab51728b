#pragma once

#include <expected>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "app/open_vault.h"
#include "auth/credentials.h"
#include "config/config.h"
#include "io/tls.h"
#include "tls/trust_store.h"

namespace truerelay::app {

// The trust stores in use, each file read once.
class TrustStores {
 public:
  // `ca_file` empty: the system's. An error is a sentence.
  std::expected<std::shared_ptr<const tls::TrustStore>, std::string> get(
      const std::filesystem::path& ca_file);

 private:
  std::map<std::filesystem::path, std::shared_ptr<const tls::TrustStore>> stores_;
};

// TLS to the provider of tokens. An error is a sentence.
[[nodiscard]] std::expected<std::unique_ptr<io::TlsClient>, std::string> tls_to_provider(
    const config::OAuth& oauth, TrustStores& trust);

// What an upstream's configuration asks for beside the relay itself: its TLS and its credentials.
struct UpstreamParts {
  std::unique_ptr<io::TlsClient> tls;                   // Null where tls = "none".
  std::unique_ptr<auth::CredentialSource> credentials;  // Null where nobody logs in, or by tokens.
  std::unique_ptr<io::TlsClient> provider_tls;          // Null without [oauth].
};
[[nodiscard]] std::expected<UpstreamParts, std::string> make_upstream_parts(
    const config::Upstream& upstream, TrustStores& trust, Secrets secrets);

}  // namespace truerelay::app
