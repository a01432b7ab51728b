#include "app/password_file.h"

#include "platform/open_files.h"
#include "platform/secret_file.h"

namespace truerelay::app {

io::Task<std::expected<auth::Credentials, auth::Refusal>> PasswordFile::credentials(
    io::Time /*until*/, io::Cancellation& /*cancellation*/) {
  std::expected<Redacted, std::string> secret = platform::read_secret_file(file_);
  if (!secret) {
    // Without a descriptor left no file can be read; that passes.
    const bool permanent = !platform::open_files_run_short();
    co_return std::unexpected(auth::Refusal{.permanent = permanent, .detail = secret.error()});
  }
  auth::Credentials credentials;
  credentials.kind = kind_;
  credentials.user = user_;
  credentials.secret = std::move(*secret);
  co_return credentials;
}

}  // namespace truerelay::app
