#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace truerelay::digest {

// The secret of all digests that are compared with each other.
//
// The caller draws it from the system's generator. What is kept are two keys derived from it, one a
// use, so that neither use can harm the other. Each copy is wiped when it goes.
class Key {
 public:
  static constexpr std::size_t kSize = 32;

  // Ends the process where libsodium cannot be used.
  explicit Key(std::span<const std::byte, kSize> secret);
  Key(const Key&) = default;
  Key& operator=(const Key&) = default;
  ~Key();

 private:
  friend class ContentTag;
  friend class KeyedHash;
  using Derived = std::array<std::byte, kSize>;

  Derived for_fields_;
  Derived for_content_;
};

}  // namespace truerelay::digest
