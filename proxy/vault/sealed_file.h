#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "base/secure_bytes.h"
#include "vault/key.h"

namespace truerelay::vault {

// The file of a vault, version 1. Numbers have their most significant octet first.
//
//     octets
//      0 ..  7   "TRVAULT" and LF
//      8 ..  9   version, 1
//     10 .. 11   length of the header, 104
//     12         how the key comes: 0 is drawn (a key file, a credential), 1 from a passphrase
//     13 .. 15   0
//     16 .. 19   Argon2id passes;           0 for a key that is drawn
//     20 .. 27   Argon2id memory in octets; 0 for a key that is drawn
//     28 .. 43   Argon2id salt;             0 for a key that is drawn
//     44 .. 59   key id: BLAKE2b-128 of "truerelay vault key id" under the key
//     60 .. 83   nonce, another one for each write
//     84 .. 87   length of what follows the header
//     88 ..103   check: BLAKE2b-128 of octets 0 .. 87, which tells damage from a newer version or
//                another key; it is no protection
//    104 ..      XChaCha20-Poly1305 (IETF) of the contents (contents.h) under key and nonce, with
//                octets 0 .. 103 as associated data; its tag, 16 octets, at the end
//
// In every version the first 12 octets and the check, which is the last 16 of the header, mean
// the same.
struct Header {
  enum class Origin : std::uint8_t { drawn = 0, passphrase = 1 };

  Origin origin = Origin::drawn;
  Stretching stretching;  // For Origin::passphrase.
  KeyId key_id{};
};

inline constexpr std::size_t kHeaderSize = 104;
inline constexpr std::size_t kTagSize = 16;
// 2000 entries and some certificates; what is longer is none of ours.
inline constexpr std::size_t kLargestFile = std::size_t{4} * 1024 * 1024;

// Faults are clauses that go after "the vault FILE ": "is cut off: ...", with the remedy.
using Fault = std::string;

// What stands at the beginning of `file`, which is all of the file: that it is whole is checked,
// too.
[[nodiscard]] std::expected<Header, Fault> read_header(std::string_view file);

// The contents. `key` is the one whose id the header names.
[[nodiscard]] std::expected<SecureBytes, Fault> unseal(std::string_view file, const Key& key);

// A whole file, with a nonce of its own. Of `header` the key id is filled in.
[[nodiscard]] std::string seal(const SecureBytes& contents, const Header& header, const Key& key);

// "WHAT; put back a copy of it ...", for what of a file cannot be read.
[[nodiscard]] Fault unreadable(std::string_view what);

}  // namespace truerelay::vault
