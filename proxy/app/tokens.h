#pragma once

#include <expected>
#include <memory>
#include <string>

#include "app/oauth_secrets.h"
#include "app/provider_endpoint.h"
#include "config/config.h"
#include "digest/key.h"
#include "io/dialer.h"
#include "io/tls.h"
#include "net/loop.h"
#include "oauth/code_login.h"
#include "oauth/command_source.h"
#include "oauth/device_login.h"
#include "oauth/note.h"
#include "oauth/request_sources.h"
#include "oauth/token_keeper.h"

namespace truerelay::app {

// What the tokens of all upstreams have in common. It outlives them.
struct TokenServices {
  net::Loop& loop;
  io::Worker& worker;
  vault::Vault& vault;
  const digest::Key& digest_key;
};

// Programs of the administrator's, on the loop.
class Programs final : public oauth::CommandRunner {
 public:
  explicit Programs(net::Loop& loop) : loop_(loop) {}
  io::Task<std::expected<Redacted, std::string>> run(std::vector<std::string> command,
                                                     io::Time deadline,
                                                     io::Cancellation& cancellation) override;

 private:
  net::Loop& loop_;
};

// [oauth] of an upstream at work: the provider, the secrets, and ways to ask for tokens.
class Provider {
 public:
  // `dialer` is the way to the internet, and outlives it; `tls` is that to the provider.
  Provider(const config::OAuth& settings, const TokenServices& services, io::Dialer& dialer,
           std::unique_ptr<io::TlsClient> tls);

  [[nodiscard]] std::unique_ptr<oauth::TokenSource> source(oauth::Note note);
  [[nodiscard]] oauth::SourceParts parts();
  // What a person logs in with.
  [[nodiscard]] oauth::DeviceLogin device_login() const;
  [[nodiscard]] oauth::CodeLogin code_login(std::string redirect_uri) const;
  [[nodiscard]] oauth::SecretStore& secrets() { return secrets_; }

 private:
  [[nodiscard]] oauth::ClientSettings client() const;

  config::OAuth settings_;
  net::Loop& loop_;
  const digest::Key& digest_key_;
  Programs programs_;
  OAuthSecrets secrets_;
  ProviderEndpoint endpoint_;
};

// The access token of one upstream, kept fresh.
struct Tokens {
  std::unique_ptr<Provider> provider;
  std::unique_ptr<oauth::TokenKeeper> keeper;
};
[[nodiscard]] Tokens make_tokens(const config::Upstream& upstream, const TokenServices& services,
                                 io::Dialer& dialer, std::unique_ptr<io::TlsClient> tls,
                                 oauth::Note note);

}  // namespace truerelay::app
