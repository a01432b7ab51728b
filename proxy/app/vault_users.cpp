#include "app/vault_users.h"

#include <optional>
#include <utility>

#include "vault/user_hash.h"
#include "vault/vault.h"

namespace truerelay::app {
namespace {

// That its use could not be noted, such as on a disk that is read only, is no harm.
vault::Result<bool> fits(vault::Vault& vault, const std::string& user, const Redacted& password,
                         const Redacted& nobody) {
  const std::string entry = vault::entry_of_user(user);
  const vault::Result<std::optional<Redacted>> hash = vault.find(entry);
  if (!hash) {
    return std::unexpected(hash.error());
  }
  const bool right = vault::password_fits((*hash ? **hash : nobody).reveal(), password.reveal());
  if (right && *hash) {
    static_cast<void>(vault.note_use(entry));
  }
  return right && hash->has_value();
}

}  // namespace

VaultUsers::VaultUsers(Secrets secrets)
    : secrets_(secrets), nobody_(std::make_shared<const Redacted>(vault::hash_of_nobody())) {}

io::Task<std::expected<bool, std::string>> VaultUsers::check(std::string user, Redacted password) {
  vault::Vault* const vault = &secrets_.vault;
  co_return co_await io::on_worker(
      secrets_.worker,
      [vault, nobody = nobody_, name = std::move(user), given = std::move(password)] {
        return fits(*vault, name, given, *nobody);
      });
}

}  // namespace truerelay::app
