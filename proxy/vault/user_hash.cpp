#include "vault/user_hash.h"

#include <sodium.h>

#include <array>
#include <new>
#include <string>

#include "base/secure_bytes.h"
#include "vault/key.h"

namespace truerelay::vault {
namespace {

constexpr unsigned long long kPasses = 2;
constexpr std::size_t kMemory = std::size_t{19} * 1024 * 1024;

}  // namespace

Redacted hash_password(std::string_view password) {
  prepare_sodium();
  std::string hash(crypto_pwhash_STRBYTES, '\0');
  if (crypto_pwhash_str_alg(hash.data(), password.data(), password.size(), kPasses, kMemory,
                            crypto_pwhash_ALG_ARGON2ID13) != 0) {
    throw std::bad_alloc();
  }
  hash.resize(hash.find('\0'));
  return Redacted(std::move(hash));
}

bool password_fits(std::string_view hash, std::string_view password) {
  prepare_sodium();
  if (hash.size() >= crypto_pwhash_STRBYTES) {
    return false;
  }
  std::array<char, crypto_pwhash_STRBYTES> text{};
  hash.copy(text.data(), hash.size());
  const bool fits = crypto_pwhash_str_verify(text.data(), password.data(), password.size()) == 0;
  sodium_memzero(text.data(), text.size());
  return fits;
}

// Nobody has ever seen its password.
Redacted hash_of_nobody() { return hash_password(Key::draw().text().reveal()); }

}  // namespace truerelay::vault
