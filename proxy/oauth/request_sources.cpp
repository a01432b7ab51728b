#include "oauth/request_sources.h"

#include <optional>

#include "oauth/assertion.h"
#include "oauth/json.h"

namespace truerelay::oauth {
namespace {

Form copy_of(const Form& form) {
  Form copy;
  for (const Field& field : form) {
    copy.push_back({field.name, Redacted(std::string(field.value.reveal())), field.secret});
  }
  return copy;
}

}  // namespace

io::Task<TokenResult<Token>> ask_for_token(TokenEndpoint& endpoint, std::string url, Form form,
                                           io::Time deadline, io::Cancellation& cancellation) {
  const io::Result<Answer> answer =
      co_await endpoint.post(url, copy_of(form), deadline, cancellation);
  if (!answer) {
    co_return std::unexpected(unanswered(answer.error(), url));
  }
  co_return read_token_response(*answer, form);
}

io::Task<TokenResult<Token>> ClientCredentialsSource::fetch(io::Time deadline,
                                                            io::Cancellation& cancellation) {
  secrets_.begin();
  const TokenResult<Client> client = co_await prove(settings_.client, parts_.proof, secrets_);
  if (!client) {
    co_return std::unexpected(client.error());
  }
  TokenResult<Token> token = co_await ask_for_token(
      parts_.endpoint, settings_.token_endpoint,
      client_credentials_request(*client, settings_.scope), deadline, cancellation);
  co_return token;
}

io::Task<TokenResult<Token>> ServiceAccountSource::fetch(io::Time deadline,
                                                         io::Cancellation& cancellation) {
  secrets_.begin();
  const TokenResult<Redacted> signed_claims = co_await assertion();
  if (!signed_claims) {
    co_return std::unexpected(signed_claims.error());
  }
  TokenResult<Token> token =
      co_await ask_for_token(parts_.endpoint, settings_.token_endpoint,
                             jwt_bearer_request(*signed_claims), deadline, cancellation);
  co_return token;
}

io::Task<TokenResult<Redacted>> ServiceAccountSource::assertion() {
  const TokenResult<Redacted> file = co_await secrets_.get(settings_.key);
  if (!file) {
    co_return std::unexpected(file.error());
  }
  const std::optional<JsonObject> account = JsonObject::parse(file->reveal());
  const Redacted* email = account ? account->text("client_email") : nullptr;
  const Redacted* key = account ? account->text("private_key") : nullptr;
  if (email == nullptr || key == nullptr) {
    co_return cannot_sign("the secret \"" + settings_.key +
                          "\" is not the key of a Google service account: it must be the JSON file "
                          "with \"client_email\" and \"private_key\" that Google gave out");
  }
  const std::expected<std::unique_ptr<JwtSigner>, std::string> signer =
      parts_.proof.make_signer(*key, Redacted());
  if (!signer) {
    co_return cannot_sign(signer.error());
  }
  const Redacted* key_id = account->text("private_key_id");
  std::expected<Redacted, std::string> token =
      service_account_assertion(**signer,
                                {.issuer = std::string(email->reveal()),
                                 .key_id = std::string(key_id != nullptr ? key_id->reveal() : ""),
                                 .subject = settings_.subject,
                                 .scope = settings_.scope,
                                 .audience = settings_.token_endpoint,
                                 .id = random_text(parts_.proof.random)},
                                parts_.proof.clock.wall_now());
  if (!token) {
    co_return cannot_sign(std::move(token.error()));
  }
  co_return *std::move(token);
}

}  // namespace truerelay::oauth
