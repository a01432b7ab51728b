#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "digest/key.h"

namespace truerelay::digest {

// Tells the content of one message from that of another, at a quarter of the cost of BLAKE2b: where
// it was measured, a megabyte took 0.26 ms instead of 1.0 ms, and every body comes through here.
//
// It is Poly1305 (RFC 8439 section 2.5) under one secret key for all messages, as a universal hash
// and not as a signature. Two different contents of up to L octets, chosen without knowledge of the
// key, have the same tag with a chance of at most 8 * ceil(L / 16) / 2^106: 2^-79 for 256 MiB,
// 2^-87 for 1 MiB. That bound holds for as many messages as there are, but only while nobody sees a
// tag, for two of them give the key away. So a tag never leaves the process, is written nowhere,
// and goes into a KeyedHash, whose digest is what is kept.
//
// A value of some 270 bytes that allocates nothing; a copy goes on from where the original was.
class ContentTag {
 public:
  using Tag = std::array<std::byte, 16>;

  explicit ContentTag(const Key& key);
  ContentTag(const ContentTag&) = default;
  ContentTag& operator=(const ContentTag&) = default;
  ~ContentTag();

  // The next octets of the content; how they are cut into pieces makes no difference.
  void take(std::string_view bytes);
  // How many octets were taken.
  [[nodiscard]] std::uint64_t size() const { return size_; }

  // Once, after the last take().
  [[nodiscard]] Tag finish();

 private:
  static constexpr std::size_t kStateSize = 256;
  static constexpr std::size_t kStateAlignment = 16;

  alignas(kStateAlignment) std::array<std::byte, kStateSize> state_;
  std::uint64_t size_ = 0;
};

}  // namespace truerelay::digest
