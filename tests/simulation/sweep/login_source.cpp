#include "tests/simulation/sweep/login_source.h"

#include <utility>

#include "oauth/refresh_token_source.h"
#include "tests/digest/known_key.h"

namespace truerelay::simulation {
namespace {

class StoredPassword final : public auth::CredentialSource {
 public:
  StoredPassword(std::string user, std::string password)
      : user_(std::move(user)), password_(std::move(password)) {}
  io::Task<std::expected<auth::Credentials, auth::Refusal>> credentials(
      io::Time /*until*/, io::Cancellation& /*cancellation*/) override {
    auth::Credentials credentials;
    credentials.user = user_;
    credentials.secret = Redacted(std::string(password_));
    co_return credentials;
  }

 private:
  const std::string user_;
  const std::string password_;
};

std::unique_ptr<oauth::TokenSource> token_source(World& world, LoginKind kind,
                                                 TokenOffice& office) {
  const auto random = [&world] { return world.random().next(); };
  static const digest::Key key = testing::known_key();
  const oauth::SourceParts parts{
      office, office.store, key, {oauth::mirror_signers(), random, world}};
  oauth::ClientSettings client{.id = "application"};
  if (kind == LoginKind::refresh_token) {
    return std::make_unique<oauth::RefreshTokenSource>(
        oauth::RefreshTokenSource::Settings{.client = client,
                                            .refresh_token = TokenOffice::kLoginName,
                                            .token_endpoint = TokenOffice::kUrl},
        parts, [](oauth::Weight, std::string_view) {});
  }
  if (kind == LoginKind::application_secret) {
    client.secret = TokenOffice::kSecretName;
  } else {
    client.certificate = TokenOffice::kCertificateName;
    client.audience = TokenOffice::kUrl;
  }
  return std::make_unique<oauth::ClientCredentialsSource>(
      oauth::ClientCredentialsSource::Settings{client, TokenOffice::kUrl, "smtp"}, parts);
}

}  // namespace

LoginSource::LoginSource(World& world, LoginKind kind, std::string user, std::string password,
                         TokenOffice* office) {
  if (office == nullptr) {
    stored_ = std::make_unique<StoredPassword>(
        std::move(user), kind == LoginKind::wrong_password ? "wrong" : std::move(password));
    return;
  }
  keeper_ = std::make_unique<oauth::TokenKeeper>(
      std::move(user), token_source(world, kind, *office),
      oauth::TokenKeeper::Parts{world, world, [&world] { return world.random().next(); },
                                [](oauth::Weight, std::string_view) {}});
}

auth::CredentialSource& LoginSource::credentials() const { return keeper_ ? *keeper_ : *stored_; }

void LoginSource::rest() {
  if (keeper_) {
    keeper_->rest();
  }
}

io::Task<void> LoginSource::close() {
  if (keeper_) {
    co_await keeper_->close();
  }
}

}  // namespace truerelay::simulation
