#include "cli/secret.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <utility>

#include "app/open_vault.h"
#include "base/ascii.h"
#include "base/secret_name.h"
#include "cli/commands.h"
#include "cli/configuration.h"
#include "cli/dates.h"
#include "cli/typed_secrets.h"
#include "platform/console.h"
#include "platform/process.h"
#include "platform/secret_file.h"
#include "vault/user_hash.h"
#include "vault/vault.h"

namespace truerelay::cli {
namespace {

int fail(std::string_view why, int status = kFailed) {
  fmt::print(stderr, "truerelay: {}\n", why);
  return status;
}

// [vault] of the configuration, with what the command line says instead.
std::optional<config::Vault> settings_of(const SecretRequest& request) {
  platform::protect_memory();
  std::optional<config::Vault> settings = read_vault_configuration(request.config_file);
  if (settings && !request.passphrase_file.empty()) {
    settings->passphrase_file = request.passphrase_file;
  }
  return settings;
}

// Whether the name may stand for a secret or a user; tells where it may not.
bool good_name(const std::string& name) {
  if (!is_secret_name(name)) {
    fail(fmt::format("the name must be of {}", kSecretNameRule), kUsage);
    return false;
  }
  return true;
}

// As the entry was, unless it is said.
std::optional<vault::Kind> kind_for(const SecretRequest& request,
                                    const std::vector<vault::About>& all) {
  const auto known = std::ranges::find(all, request.name, &vault::About::name);
  if (request.kind.empty()) {
    return known != all.end() ? known->kind : vault::Kind::password;
  }
  return vault::kind_of(request.kind);
}

int removed(const SecretRequest& request, std::string_view entry) {
  const std::optional<config::Vault> settings = settings_of(request);
  if (!settings) {
    return kUsage;
  }
  vault::Vault vault(settings->file, app::key_places(*settings, ask_passphrase));
  const vault::Result<void> done = vault.remove(entry);
  return done ? kDone : fail(done.error());
}

vault::Time now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

}  // namespace

int secret_init(const SecretRequest& request) {
  const std::optional<config::Vault> settings = settings_of(request);
  if (!settings) {
    return kUsage;
  }
  vault::Vault vault(settings->file, app::key_places(*settings));
  std::optional<Redacted> passphrase;
  if (!vault.exists() && (request.with_passphrase || !settings->passphrase_file.empty())) {
    Given given = settings->passphrase_file.empty()
                      ? ask_for_new("Passphrase for the vault")
                      : platform::read_secret_file(settings->passphrase_file);
    if (!given) {
      return fail(given.error());
    }
    passphrase = *std::move(given);
  }
  const vault::Result<void> made = vault.create(passphrase);
  if (!made) {
    return fail(made.error());
  }
  fmt::print("made the vault {}\n", settings->file.string());
  std::error_code ignored;
  if (!passphrase && std::filesystem::exists(settings->key_file, ignored)) {
    fmt::print(
        "its key is {}; without it the vault cannot be opened: keep a copy of each, apart "
        "from each other\n",
        settings->key_file.string());
  }
  return kDone;
}

int secret_set(const SecretRequest& request) {
  const std::optional<config::Vault> settings = settings_of(request);
  if (!settings || !good_name(request.name)) {
    return kUsage;
  }
  std::optional<vault::Time> expires;
  if (!request.expires.empty() && !(expires = parse_date(request.expires))) {
    return fail("--expires must be a date, such as 2026-12-31", kUsage);
  }
  // That the vault can be opened is found out before anybody types a secret.
  vault::Vault vault(settings->file, app::key_places(*settings, ask_passphrase));
  const vault::Result<std::vector<vault::About>> all = vault.list();
  if (!all) {
    return fail(all.error());
  }
  const std::optional<vault::Kind> kind = kind_for(request, *all);
  if (!kind || *kind == vault::Kind::user_hash) {
    return fail("--kind must be password, client_secret, refresh_token, private_key or certificate",
                kUsage);
  }
  const bool lines = *kind == vault::Kind::private_key || *kind == vault::Kind::certificate;
  if (lines && platform::input_is_terminal()) {
    return fail(fmt::format("a {} has several lines: give it on standard input, 'truerelay secret "
                            "set {} --kind {} < FILE'",
                            vault::text_of(*kind), request.name, vault::text_of(*kind)),
                kUsage);
  }
  Given value = take_secret(request.name);
  if (!value) {
    return fail(value.error());
  }
  if (*kind == vault::Kind::password) {
    *value = without_blanks_of_app_password(*std::move(value));
  }
  const vault::Result<void> done = vault.put(request.name, *kind, *value, expires);
  return done ? kDone : fail(done.error());
}

int secret_list(const SecretRequest& request) {
  const std::optional<config::Vault> settings = settings_of(request);
  if (!settings) {
    return kUsage;
  }
  vault::Vault vault(settings->file, app::key_places(*settings, ask_passphrase));
  const vault::Result<std::vector<vault::About>> all = vault.list();
  if (!all) {
    return fail(all.error());
  }
  std::size_t width = 4;
  for (const vault::About& about : *all) {
    width = std::max(width, about.name.size());
  }
  fmt::print("{:<{}}  {:<13}  {:<14}  {:<14}  {}\n", "NAME", width, "KIND", "WRITTEN", "USED",
             "EXPIRES");
  for (const vault::About& about : *all) {
    fmt::print("{:<{}}  {:<13}  {:<14}  {:<14}  {}\n", about.name, width,
               vault::text_of(about.kind), age_text(about.changed, now()),
               about.used ? age_text(*about.used, now()) : "-",
               about.expires ? expiry_text(*about.expires, now()) : "-");
  }
  return kDone;
}

int secret_remove(const SecretRequest& request) { return removed(request, request.name); }

int secret_rotate_key(const SecretRequest& request) {
  const std::optional<config::Vault> settings = settings_of(request);
  if (!settings) {
    return kUsage;
  }
  vault::Vault vault(settings->file, app::key_places(*settings, ask_passphrase));
  const vault::Result<bool> has_passphrase = vault.has_passphrase();
  if (!has_passphrase) {
    return fail(has_passphrase.error());
  }
  // That the vault can be opened is found out before anybody chooses a passphrase.
  if (const vault::Result<std::vector<vault::About>> all = vault.list(); !all) {
    return fail(all.error());
  }
  std::optional<Redacted> passphrase;
  if (!request.new_passphrase_file.empty() && !*has_passphrase) {
    return fail("the vault has a key and no passphrase, so it cannot have a new one", kUsage);
  }
  if (*has_passphrase) {
    // Who typed the old one chooses a new one; one in a file stays, unless another file is named.
    const bool typed = settings->passphrase_file.empty() && request.new_passphrase_file.empty();
    Given given = typed ? ask_for_new("New passphrase for the vault")
                        : platform::read_secret_file(request.new_passphrase_file.empty()
                                                         ? settings->passphrase_file
                                                         : request.new_passphrase_file);
    if (!given) {
      return fail(given.error());
    }
    passphrase = *std::move(given);
  }
  const vault::Result<void> done = vault.rotate_key(passphrase);
  if (!done) {
    return fail(done.error() + "; the vault can still be opened, run it again");
  }
  fmt::print("the vault {} has a new key\n", settings->file.string());
  return kDone;
}

int secret_user_add(const SecretRequest& request) {
  const std::optional<config::Vault> settings = settings_of(request);
  if (!settings || !good_name(request.name)) {
    return kUsage;
  }
  vault::Vault vault(settings->file, app::key_places(*settings, ask_passphrase));
  if (const vault::Result<std::vector<vault::About>> all = vault.list(); !all) {
    return fail(all.error());
  }
  const Given password = take_new_password(request.name);
  if (!password) {
    return fail(password.error());
  }
  if (std::ranges::any_of(password->reveal(), ascii_control)) {
    return fail("a password must not hold control characters");
  }
  const vault::Result<void> done =
      vault.put(vault::entry_of_user(request.name), vault::Kind::user_hash,
                vault::hash_password(password->reveal()));
  return done ? kDone : fail(done.error());
}

int secret_user_remove(const SecretRequest& request) {
  return removed(request, vault::entry_of_user(request.name));
}

}  // namespace truerelay::cli
