#include "oauth/client_proof.h"

#include "oauth/assertion.h"

namespace truerelay::oauth {

std::unexpected<TokenFailure> cannot_sign(std::string why) {
  return std::unexpected(TokenFailure{.permanent = true, .cause = std::move(why), .remedy = ""});
}

io::Task<TokenResult<Client>> prove(const ClientSettings& settings, const ProofParts& parts,
                                    UsedSecrets& secrets) {
  Client client;
  client.id = settings.id;
  if (!settings.secret.empty()) {
    TokenResult<Redacted> secret = co_await secrets.get(settings.secret);
    if (!secret) {
      co_return std::unexpected(std::move(secret.error()));
    }
    client.secret = *std::move(secret);
  }
  if (settings.certificate.empty()) {
    co_return client;
  }
  const TokenResult<Redacted> certificate = co_await secrets.get(settings.certificate);
  if (!certificate) {
    co_return std::unexpected(certificate.error());
  }
  const TokenResult<Redacted> key =
      co_await secrets.get(settings.key.empty() ? settings.certificate : settings.key);
  if (!key) {
    co_return std::unexpected(key.error());
  }
  const std::expected<std::unique_ptr<JwtSigner>, std::string> signer =
      parts.make_signer(*key, *certificate);
  if (!signer) {
    co_return cannot_sign(signer.error());
  }
  std::expected<Redacted, std::string> assertion =
      client_assertion(**signer, {settings.id, settings.audience, random_text(parts.random)},
                       parts.clock.wall_now());
  if (!assertion) {
    co_return cannot_sign(std::move(assertion.error()));
  }
  client.assertion = *std::move(assertion);
  co_return client;
}

}  // namespace truerelay::oauth
