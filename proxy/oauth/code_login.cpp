#include "oauth/code_login.h"

namespace truerelay::oauth {

io::Task<TokenResult<Token>> redeem_code(const CodeLogin& login, const SourceParts& parts,
                                         const Attempt& attempt, const Redacted& code,
                                         io::Time deadline, io::Cancellation& cancellation) {
  UsedSecrets secrets(parts.store, parts.digest_key);
  const TokenResult<Client> client = co_await prove(login.client, parts.proof, secrets);
  if (!client) {
    co_return std::unexpected(client.error());
  }
  TokenResult<Token> token = co_await ask_for_token(
      parts.endpoint, login.token_endpoint,
      code_request(*client, code, login.redirect_uri, attempt.verifier), deadline, cancellation);
  if (token && token->refresh.empty()) {
    co_return std::unexpected(no_refresh_token());
  }
  co_return token;
}

TokenFailure no_refresh_token() {
  return {.permanent = true,
          .cause = "the provider gave no refresh token, so the login would end within the hour",
          .remedy = "Add offline_access to \"scope\" in [oauth], if the provider is not Google"};
}

}  // namespace truerelay::oauth
