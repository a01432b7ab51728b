#include "app/oauth_secrets.h"

#include <fmt/core.h>

#include <memory>
#include <utility>

#include "app/public_file.h"
#include "io/sleep.h"
#include "platform/file_lock.h"
#include "platform/secret_file.h"

namespace truerelay::app {
namespace {

// A slash is in no name of the vault's.
constexpr std::string_view kPublic = "file/";
constexpr std::string_view kOwnerOnly = "key/";

constexpr io::Duration kPause = std::chrono::milliseconds(100);

class Held final : public oauth::Reservation {
 public:
  explicit Held(platform::FileLock lock) : lock_(std::move(lock)) {}

 private:
  platform::FileLock lock_;
};

std::expected<Redacted, oauth::NoSecret> of_file(std::expected<Redacted, std::string> contents) {
  if (!contents) {
    return std::unexpected(oauth::NoSecret{.sentence = std::move(contents.error())});
  }
  return *std::move(contents);
}

std::expected<Redacted, oauth::NoSecret> read(vault::Vault& vault, const std::string& name) {
  if (name.starts_with(kPublic)) {
    return of_file(read_public_file(name.substr(kPublic.size())));
  }
  if (name.starts_with(kOwnerOnly)) {
    return of_file(platform::read_secret_file(name.substr(kOwnerOnly.size())));
  }
  vault::Result<std::optional<Redacted>> secret = vault.find(name);
  if (!secret) {
    return std::unexpected(oauth::NoSecret{.sentence = std::move(secret.error())});
  }
  if (!*secret) {
    return std::unexpected(oauth::NoSecret{.missing = true, .sentence = vault.no_entry(name)});
  }
  static_cast<void>(vault.note_use(name));  // On a disk that is read only it cannot be noted.
  return **std::move(secret);
}

}  // namespace

io::Task<std::expected<Redacted, oauth::NoSecret>> OAuthSecrets::get(std::string name) {
  vault::Vault* const vault = &vault_;
  std::expected<Redacted, oauth::NoSecret> secret = co_await io::on_worker(
      worker_, [vault, secret_name = std::move(name)] { return read(*vault, secret_name); });
  co_return secret;
}

io::Task<std::expected<void, std::string>> OAuthSecrets::put(std::string name, Redacted secret) {
  vault::Vault* const vault = &vault_;
  const auto value = std::make_shared<const Redacted>(std::move(secret));
  std::expected<void, std::string> done =
      co_await io::on_worker(worker_, [vault, value, secret_name = std::move(name)] {
        return vault->put(secret_name, vault::Kind::refresh_token, *value);
      });
  co_return done;
}

io::Task<std::expected<bool, std::string>> OAuthSecrets::replace(std::string name, Redacted old,
                                                                 Redacted secret) {
  vault::Vault* const vault = &vault_;
  const auto before = std::make_shared<const Redacted>(std::move(old));
  const auto after = std::make_shared<const Redacted>(std::move(secret));
  std::expected<bool, std::string> done =
      co_await io::on_worker(worker_, [vault, before, after, secret_name = std::move(name)] {
        return vault->replace(secret_name, *before, *after);
      });
  co_return done;
}

io::Task<std::expected<std::unique_ptr<oauth::Reservation>, std::string>> OAuthSecrets::reserve(
    std::string name, io::Time deadline, io::Cancellation& cancellation) {
  vault::Vault* const vault = &vault_;
  while (true) {
    vault::Result<std::optional<platform::FileLock>> lock =
        co_await io::on_worker(worker_, [vault, name] { return vault->reserve(name); });
    if (!lock) {
      co_return std::unexpected(std::move(lock.error()));
    }
    if (*lock) {
      co_return std::make_unique<Held>(**std::move(lock));
    }
    const io::Time next = clock_.now() + kPause;
    bool waited = false;
    if (next < deadline) {
      waited = co_await io::Sleep(clock_, executor_, next, cancellation);
    }
    if (!waited) {
      co_return std::unexpected(fmt::format("another truerelay is renewing the secret '{}'", name));
    }
  }
}

std::string OAuthSecrets::public_file(const std::filesystem::path& file) {
  return std::string(kPublic) + file.string();
}

std::string OAuthSecrets::owner_only_file(const std::filesystem::path& file) {
  return std::string(kOwnerOnly) + file.string();
}

}  // namespace truerelay::app
