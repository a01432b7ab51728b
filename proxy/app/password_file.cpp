#include "app/password_file.h"

#include "platform/secret_file.h"

namespace truerelay::app {

io::Task<std::expected<auth::Credentials, auth::Refusal>> PasswordFile::credentials(
    io::Time /*until*/, io::Cancellation& /*cancellation*/) {
  std::expected<Redacted, std::string> secret = platform::read_secret_file(file_);
  if (!secret) {
    co_return std::unexpected(auth::Refusal{.permanent = true, .detail = secret.error()});
  }
  auth::Credentials credentials;
  credentials.kind = kind_;
  credentials.user = user_;
  credentials.secret = std::move(*secret);
  co_return credentials;
}

}  // namespace truerelay::app
