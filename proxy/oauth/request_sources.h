#pragma once

#include <string>
#include <utility>

#include "oauth/client_proof.h"
#include "oauth/secret_store.h"
#include "oauth/token_endpoint.h"
#include "oauth/token_source.h"
#include "oauth/used_secrets.h"

namespace truerelay::oauth {

// What sources of tokens use and none owns.
struct SourceParts {
  TokenEndpoint& endpoint;
  SecretStore& store;
  const digest::Key& digest_key;
  ProofParts proof;
};

// Posts a request for a token and reads the answer.
io::Task<TokenResult<Token>> ask_for_token(TokenEndpoint& endpoint, std::string url, Form form,
                                           io::Time deadline, io::Cancellation& cancellation);

// An application as itself, without a user: client credentials.
class ClientCredentialsSource final : public TokenSource {
 public:
  struct Settings {
    ClientSettings client{};
    std::string token_endpoint{};
    std::string scope{};
  };
  ClientCredentialsSource(Settings settings, SourceParts parts)
      : settings_(std::move(settings)),
        parts_(std::move(parts)),
        secrets_(parts_.store, parts_.digest_key) {}

  io::Task<TokenResult<Token>> fetch(io::Time deadline, io::Cancellation& cancellation) override;
  io::Task<bool> changed() override { return secrets_.changed(); }

 private:
  Settings settings_;
  SourceParts parts_;
  UsedSecrets secrets_;
};

// A service account that acts for a user: Google's domain-wide delegation. The secret is the
// account's key, the JSON file that Google gives out.
class ServiceAccountSource final : public TokenSource {
 public:
  struct Settings {
    std::string key{};      // Its name in the store.
    std::string subject{};  // The mailbox.
    std::string token_endpoint{};
    std::string scope{};
  };
  ServiceAccountSource(Settings settings, SourceParts parts)
      : settings_(std::move(settings)),
        parts_(std::move(parts)),
        secrets_(parts_.store, parts_.digest_key) {}

  io::Task<TokenResult<Token>> fetch(io::Time deadline, io::Cancellation& cancellation) override;
  io::Task<bool> changed() override { return secrets_.changed(); }

 private:
  io::Task<TokenResult<Redacted>> assertion();

  Settings settings_;
  SourceParts parts_;
  UsedSecrets secrets_;
};

}  // namespace truerelay::oauth
