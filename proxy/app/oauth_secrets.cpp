#include "app/oauth_secrets.h"

#include <fmt/core.h>

#include <fstream>
#include <memory>
#include <utility>

#include "platform/secret_file.h"

namespace truerelay::app {
namespace {

// A slash is in no name of the vault's.
constexpr std::string_view kPublic = "file/";
constexpr std::string_view kOwnerOnly = "key/";

// A certificate, which everybody may read.
std::expected<Redacted, std::string> read_public(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string text(platform::kLongestSecret, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!stream.is_open() || stream.bad()) {
    return std::unexpected(fmt::format(
        "{} cannot be read; check the path, and that this service may read it", file.string()));
  }
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return Redacted(std::move(text));
}

std::expected<Redacted, std::string> read(vault::Vault& vault, const std::string& name) {
  if (name.starts_with(kPublic)) {
    return read_public(name.substr(kPublic.size()));
  }
  if (name.starts_with(kOwnerOnly)) {
    return platform::read_secret_file(name.substr(kOwnerOnly.size()));
  }
  std::expected<Redacted, std::string> secret = vault.get(name);
  if (secret) {
    static_cast<void>(vault.note_use(name));  // On a disk that is read only it cannot be noted.
  }
  return secret;
}

}  // namespace

io::Task<std::expected<Redacted, std::string>> OAuthSecrets::get(std::string name) {
  vault::Vault* const vault = &vault_;
  std::expected<Redacted, std::string> secret = co_await io::on_worker(
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

std::string OAuthSecrets::public_file(const std::filesystem::path& file) {
  return std::string(kPublic) + file.string();
}

std::string OAuthSecrets::owner_only_file(const std::filesystem::path& file) {
  return std::string(kOwnerOnly) + file.string();
}

}  // namespace truerelay::app
