#include "app/vault_secret.h"

#include "platform/open_files.h"

namespace truerelay::app {
namespace {

// That its use could not be noted, such as on a disk that is read only, is no harm.
vault::Result<Redacted> read(vault::Vault& vault, const std::string& name) {
  vault::Result<Redacted> secret = vault.get(name);
  if (secret) {
    static_cast<void>(vault.note_use(name));
  }
  return secret;
}

}  // namespace

io::Task<std::expected<auth::Credentials, auth::Refusal>> VaultSecret::credentials(
    io::Time /*until*/, io::Cancellation& /*cancellation*/) {
  vault::Vault* const vault = &vault_;
  vault::Result<Redacted> secret =
      co_await io::on_worker(worker_, [vault, name = name_] { return read(*vault, name); });
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
