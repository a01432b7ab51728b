#include "digest/keyed_hash.h"

#include <sodium.h>

#include <memory>

namespace truerelay::digest {
namespace {

crypto_generichash_state* native(void* state) {
  return static_cast<crypto_generichash_state*>(state);
}

// The least significant octet first, on every machine.
std::array<unsigned char, 8> octets(std::uint64_t value) {
  std::array<unsigned char, 8> result{};
  for (unsigned char& octet : result) {
    octet = static_cast<unsigned char>(value & 0xFF);
    value >>= 8;
  }
  return result;
}

}  // namespace

KeyedHash::KeyedHash(const Key& key) {
  static_assert(kStateSize == sizeof(crypto_generichash_state));
  static_assert(kStateAlignment == alignof(crypto_generichash_state));
  static_assert(sizeof(Digest::bytes) == crypto_generichash_BYTES);
  crypto_generichash_init(native(state()),
                          reinterpret_cast<const unsigned char*>(key.for_fields_.data()),
                          key.for_fields_.size(), sizeof(Digest::bytes));
}

KeyedHash::~KeyedHash() { sodium_memzero(room_.data(), room_.size()); }

void KeyedHash::field(std::string_view bytes) {
  const std::array<unsigned char, 8> length = octets(bytes.size());
  crypto_generichash_update(native(state()), length.data(), length.size());
  crypto_generichash_update(native(state()), reinterpret_cast<const unsigned char*>(bytes.data()),
                            bytes.size());
}

void KeyedHash::number(std::uint64_t value) {
  const std::array<unsigned char, 8> bytes = octets(value);
  field({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Digest KeyedHash::finish() {
  Digest digest;
  crypto_generichash_final(native(state()), reinterpret_cast<unsigned char*>(digest.bytes.data()),
                           digest.bytes.size());
  return digest;
}

void* KeyedHash::state() {
  void* place = room_.data();
  std::size_t room = room_.size();
  return std::align(kStateAlignment, kStateSize, place, room);
}

}  // namespace truerelay::digest
