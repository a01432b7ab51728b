#include "vault/key_ring.h"

#include <fmt/core.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "platform/protected_key.h"
#include "platform/secret_file.h"

namespace truerelay::vault {
namespace {

constexpr std::size_t kLongestKeyFile = std::size_t{16} * 1024;

// Of a file that is there.
std::unexpected<std::string> no_keys(const std::filesystem::path& file) {
  return std::unexpected(
      fmt::format("{} holds no key of truerelay's; put back the one that the vault was made with",
                  file.string()));
}

// The keys of a file that was read; none where one of its lines is no key.
std::vector<Key> parse_keys(std::string_view text, bool is_protected) {
  std::vector<Key> keys;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) {
      continue;
    }
    const std::expected<Redacted, std::string> bare =
        is_protected ? platform::unprotect_key(line) : Redacted(std::string(line));
    std::optional<Key> key = bare ? Key::parse(bare->reveal()) : std::nullopt;
    if (!key) {
      return {};
    }
    keys.push_back(*std::move(key));
  }
  return keys;
}

}  // namespace

// Empty where there is none.
std::filesystem::path KeyRing::credential() const {
  std::filesystem::path file = platform::credential_file(kCredential);
  std::error_code ignored;
  return !file.empty() && std::filesystem::exists(file, ignored) ? file : std::filesystem::path();
}

// Those of the credential, or else of the key file; none where there is neither.
std::expected<std::vector<Key>, std::string> KeyRing::stored_keys() {
  const std::filesystem::path credential = this->credential();
  const std::filesystem::path& file = credential.empty() ? places_.key_file : credential;
  const std::expected<std::optional<Redacted>, std::string> text =
      platform::read_private_file(file, kLongestKeyFile);
  if (!text) {
    return std::unexpected(text.error());
  }
  if (!*text) {
    return std::vector<Key>();
  }
  std::vector<Key> keys = parse_keys((*text)->reveal(), credential.empty());
  if (keys.empty()) {
    return no_keys(file);
  }
  return keys;
}

std::expected<const Key*, std::string> KeyRing::key_for(const Header& header) {
  if (last_ && last_->id() == header.key_id) {
    return &*last_;
  }
  std::filesystem::path from = credential();
  std::vector<Key> keys;
  if (header.origin == Header::Origin::passphrase) {
    const std::expected<Redacted, std::string> words = passphrase();
    if (!words) {
      return std::unexpected(words.error());
    }
    std::expected<Key, std::string> key = Key::stretch(words->reveal(), header.stretching);
    if (!key) {
      return std::unexpected(std::move(key.error()));
    }
    keys.push_back(*std::move(key));
  } else {
    from = from.empty() ? places_.key_file : from;
    std::expected<std::vector<Key>, std::string> stored = stored_keys();
    if (!stored) {
      return std::unexpected(std::move(stored.error()));
    }
    if (stored->empty()) {
      return std::unexpected(fmt::format(
          "there is no key for the vault: {} is missing; put back the one that it was made with",
          from.string()));
    }
    keys = *std::move(stored);
  }
  for (Key& key : keys) {
    if (key.id() == header.key_id) {
      last_ = std::move(key);
      return &*last_;
    }
  }
  return std::unexpected(
      header.origin == Header::Origin::passphrase
          ? std::string("that is not the passphrase of the vault")
          : fmt::format("the key in {} is not the one that the vault was sealed with; put back the "
                        "right one",
                        from.string()));
}

std::expected<const Key*, std::string> KeyRing::key_for_new(const platform::BeforeStep& before) {
  std::expected<std::vector<Key>, std::string> stored = stored_keys();
  if (!stored) {
    return std::unexpected(std::move(stored.error()));
  }
  if (!stored->empty()) {
    last_ = std::move(stored->back());
    return &*last_;
  }
  Key fresh = Key::draw();
  if (std::expected<void, std::string> written = write_keys({&fresh}, before); !written) {
    return std::unexpected(std::move(written.error()));
  }
  last_ = std::move(fresh);
  return &*last_;
}

std::expected<Key, std::string> KeyRing::add_next(const Key& current,
                                                  const platform::BeforeStep& before) {
  if (const std::filesystem::path file = credential(); !file.empty()) {
    return std::unexpected(fmt::format(
        "the key comes from systemd's credential {}, which cannot be changed from here; run "
        "'truerelay secret rotate-key' with the key in a key file, and make the credential of "
        "that file anew",
        file.string()));
  }
  Key next = Key::draw();
  if (std::expected<void, std::string> written = write_keys({&current, &next}, before); !written) {
    return std::unexpected(std::move(written.error()));
  }
  return next;
}

std::expected<void, std::string> KeyRing::keep_only(const Key& next,
                                                    const platform::BeforeStep& before) {
  return write_keys({&next}, before);
}

std::expected<void, std::string> KeyRing::write_keys(std::initializer_list<const Key*> keys,
                                                     const platform::BeforeStep& before) {
  std::string text;
  text.reserve(kLongestKeyFile);  // So that no earlier copy stays behind.
  for (const Key* key : keys) {
    const std::expected<Redacted, std::string> stored = platform::protect_key(key->text().reveal());
    if (!stored) {
      wipe(text);
      return std::unexpected(stored.error());
    }
    text.append(stored->reveal()).append("\n");
  }
  std::expected<void, std::string> written = platform::replace_file(places_.key_file, text, before);
  wipe(text);
  return written;
}

std::expected<Redacted, std::string> KeyRing::passphrase() {
  if (!places_.passphrase_file.empty()) {
    return platform::read_secret_file(places_.passphrase_file);
  }
  if (places_.ask) {
    return places_.ask();
  }
  return std::unexpected(
      "the vault is sealed with a passphrase, and there is nobody to ask for it: name a file that "
      "holds it in \"passphrase_file\" of [vault]");
}

}  // namespace truerelay::vault
