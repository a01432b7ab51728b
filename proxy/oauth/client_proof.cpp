#include "oauth/client_proof.h"

#include "oauth/assertion.h"

namespace truerelay::oauth {

std::unexpected<TokenFailure> cannot_sign(std::string why) {
  return std::unexpected(TokenFailure{.permanent = true, .cause = std::move(why), .remedy = ""});
}

TokenResult<Client> prove(const ClientSettings& settings, const ProofParts& parts,
                          UsedSecrets& secrets) {
  Client client;
  client.id = settings.id;
  if (!settings.secret.empty()) {
    TokenResult<Redacted> secret = secrets.get(settings.secret);
    if (!secret) {
      return std::unexpected(std::move(secret.error()));
    }
    client.secret = *std::move(secret);
  }
  if (settings.certificate.empty()) {
    return client;
  }
  const TokenResult<Redacted> certificate = secrets.get(settings.certificate);
  if (!certificate) {
    return std::unexpected(certificate.error());
  }
  const TokenResult<Redacted> key =
      secrets.get(settings.key.empty() ? settings.certificate : settings.key);
  if (!key) {
    return std::unexpected(key.error());
  }
  const std::expected<std::unique_ptr<JwtSigner>, std::string> signer =
      parts.make_signer(*key, *certificate);
  if (!signer) {
    return cannot_sign(signer.error());
  }
  std::expected<Redacted, std::string> assertion =
      client_assertion(**signer, {settings.id, settings.audience, random_text(parts.random)},
                       parts.clock.wall_now());
  if (!assertion) {
    return cannot_sign(std::move(assertion.error()));
  }
  client.assertion = *std::move(assertion);
  return client;
}

}  // namespace truerelay::oauth
