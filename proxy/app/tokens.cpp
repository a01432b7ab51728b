#include "app/tokens.h"

#include <utility>

#include "app/jwt_signing.h"
#include "net/program.h"
#include "oauth/refresh_token_source.h"
#include "platform/random.h"

namespace truerelay::app {
io::Task<std::expected<Redacted, std::string>> Programs::run(std::vector<std::string> command,
                                                             io::Time deadline,
                                                             io::Cancellation& cancellation) {
  std::expected<Redacted, std::string> printed =
      co_await net::run_program(loop_, std::move(command), deadline, cancellation);
  co_return printed;
}

Provider::Provider(const config::OAuth& settings, const TokenServices& services, io::Dialer& dialer,
                   std::unique_ptr<io::TlsClient> tls)
    : settings_(settings),
      loop_(services.loop),
      digest_key_(services.digest_key),
      programs_(services.loop),
      secrets_(services.vault, services.worker, services.loop, services.loop),
      endpoint_(services.loop, dialer, std::move(tls)) {}

oauth::SourceParts Provider::parts() {
  return {endpoint_,
          secrets_,
          digest_key_,
          {signers(settings_.algorithm), platform::random_bits, loop_}};
}

oauth::ClientSettings Provider::client() const {
  oauth::ClientSettings client{.id = settings_.client_id,
                               .secret = settings_.client_secret,
                               .certificate = settings_.certificate,
                               .audience = settings_.token_endpoint};
  if (!settings_.certificate_file.empty()) {
    client.certificate = OAuthSecrets::public_file(settings_.certificate_file);
    client.key = OAuthSecrets::owner_only_file(
        settings_.key_file.empty() ? settings_.certificate_file : settings_.key_file);
  }
  return client;
}

std::unique_ptr<oauth::TokenSource> Provider::source(oauth::Note note) {
  switch (settings_.way) {
    case config::OAuth::Way::application:
      return std::make_unique<oauth::ClientCredentialsSource>(
          oauth::ClientCredentialsSource::Settings{client(), settings_.token_endpoint,
                                                   settings_.scope},
          parts());
    case config::OAuth::Way::login:
      return std::make_unique<oauth::RefreshTokenSource>(
          oauth::RefreshTokenSource::Settings{client(), settings_.refresh_token,
                                              settings_.token_endpoint},
          parts(), std::move(note));
    case config::OAuth::Way::service_account:
      return std::make_unique<oauth::ServiceAccountSource>(
          oauth::ServiceAccountSource::Settings{settings_.service_account, settings_.subject,
                                                settings_.token_endpoint, settings_.scope},
          parts());
    case config::OAuth::Way::command:
      break;
  }
  return std::make_unique<oauth::CommandSource>(settings_.token_command, programs_);
}

oauth::DeviceLogin Provider::device_login() const {
  return {client(), settings_.device_endpoint, settings_.token_endpoint, settings_.scope};
}

oauth::CodeLogin Provider::code_login(std::string redirect_uri) const {
  return {client(), settings_.token_endpoint, std::move(redirect_uri)};
}

Tokens make_tokens(const config::Upstream& upstream, const TokenServices& services,
                   io::Dialer& dialer, std::unique_ptr<io::TlsClient> tls, oauth::Note note) {
  Tokens tokens;
  tokens.provider = std::make_unique<Provider>(*upstream.oauth, services, dialer, std::move(tls));
  tokens.keeper = std::make_unique<oauth::TokenKeeper>(
      upstream.user, tokens.provider->source(note),
      oauth::TokenKeeper::Parts{services.loop, services.loop, platform::random_bits, note});
  return tokens;
}

}  // namespace truerelay::app
