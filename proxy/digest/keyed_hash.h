#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "digest/digest.h"
#include "digest/key.h"

namespace truerelay::digest {

// BLAKE2b (RFC 7693), keyed, of a sequence of fields.
//
// Each field goes in with its length before it, so that two sequences have the same digest only
// where they are equal field by field. The first field says what the digest is for: then digests of
// one use never meet those of another.
//
//     KeyedHash hash(key);
//     hash.field("credentials");
//     hash.field(user);
//     hash.field(password);
//     const Digest digest = hash.finish();
//
// Right for what is short; for whole messages ContentTag is four times as fast.
class KeyedHash {
 public:
  explicit KeyedHash(const Key& key);
  KeyedHash(const KeyedHash&) = delete;
  KeyedHash& operator=(const KeyedHash&) = delete;
  ~KeyedHash();

  void field(std::string_view bytes);
  // A field of eight octets.
  void number(std::uint64_t value);

  // Once, as the last call.
  [[nodiscard]] Digest finish();

 private:
  static constexpr std::size_t kStateSize = 384;
  static constexpr std::size_t kStateAlignment = 64;

  void* state();

  // libsodium's state is aligned within it when it is used: an object that lives in the frame of a
  // coroutine is aligned no better than the heap is.
  std::array<std::byte, kStateSize + kStateAlignment> room_;
};

}  // namespace truerelay::digest
