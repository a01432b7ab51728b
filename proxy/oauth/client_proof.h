#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <string>

#include "io/clock.h"
#include "oauth/jwt_signer.h"
#include "oauth/random.h"
#include "oauth/requests.h"
#include "oauth/used_secrets.h"

namespace truerelay::oauth {

// Makes a signer of a private key and, where it is not empty, the certificate that goes with it,
// both PEM. An error is a sentence.
using MakeSigner = std::function<std::expected<std::unique_ptr<JwtSigner>, std::string>(
    const Redacted& key, const Redacted& certificate)>;

// How a client proves who it is, as configured; the names are those of secrets in the store.
struct ClientSettings {
  std::string id{};
  std::string secret{};       // Empty: it has none.
  std::string certificate{};  // Empty: it has none.
  std::string key{};          // The certificate's; empty: it stands beside it.
  std::string audience{};     // Of its assertions: the token endpoint.
};

struct ProofParts {
  MakeSigner make_signer;
  Random random;
  io::Clock& clock;
};

// The client with its proof for one request: an assertion is good once.
[[nodiscard]] io::Task<TokenResult<Client>> prove(const ClientSettings& settings,
                                                  const ProofParts& parts, UsedSecrets& secrets);

// A failure to sign or to read a key: permanent, until the key is another.
[[nodiscard]] std::unexpected<TokenFailure> cannot_sign(std::string why);

}  // namespace truerelay::oauth
