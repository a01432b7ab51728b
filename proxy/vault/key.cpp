#include "vault/key.h"

#include <fmt/core.h>
#include <sodium.h>

#include <algorithm>

#include "base/base64.h"

namespace truerelay::vault {
namespace {

static_assert(Key::kSize == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
static_assert(sizeof(Stretching::salt) == crypto_pwhash_SALTBYTES);
static_assert(sizeof(KeyId) == crypto_generichash_BYTES_MIN);

constexpr std::uint64_t kMebibyte = 1024ULL * 1024;

}  // namespace

Stretching Stretching::draw() {
  prepare_sodium();
  Stretching how;
  randombytes_buf(how.salt.data(), how.salt.size());
  return how;
}

bool Stretching::reasonable() const {
  return passes >= 1 && passes <= 16 && memory >= crypto_pwhash_MEMLIMIT_MIN &&
         memory <= 1024 * kMebibyte;
}

Key Key::draw() {
  Key key;
  randombytes_buf(key.bytes_.bytes().data(), kSize);
  return key;
}

std::expected<Key, std::string> Key::stretch(std::string_view passphrase, const Stretching& how) {
  Key key;
  if (crypto_pwhash(key.bytes_.bytes().data(), kSize, passphrase.data(), passphrase.size(),
                    how.salt.data(), how.passes, how.memory, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return std::unexpected(
        fmt::format("there are not the {} MiB of memory that the passphrase of the vault needs",
                    how.memory / kMebibyte));
  }
  return key;
}

std::optional<Key> Key::parse(std::string_view text) {
  std::optional<std::string> bytes = base64_decode(text);
  if (!bytes || bytes->size() != kSize) {
    return std::nullopt;
  }
  Key key;
  std::ranges::copy(*bytes, key.bytes_.bytes().begin());
  wipe(*bytes);
  return key;
}

Redacted Key::text() const { return Redacted(base64_encode(bytes_.text())); }

KeyId Key::id() const {
  static constexpr std::string_view kUse = "truerelay vault key id";
  KeyId id{};
  crypto_generichash(id.data(), id.size(), reinterpret_cast<const unsigned char*>(kUse.data()),
                     kUse.size(), bytes_.bytes().data(), kSize);
  return id;
}

}  // namespace truerelay::vault
