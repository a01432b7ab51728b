#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <functional>

namespace truerelay::digest {

// What a KeyedHash came to. Who does not know the key can neither foresee a digest nor find two
// inputs with the same one, so it may stand for the input itself and be the key of a hash table.
struct Digest {
  std::array<std::byte, 32> bytes{};

  bool operator==(const Digest&) const = default;
};

}  // namespace truerelay::digest

template <>
struct std::hash<truerelay::digest::Digest> {
  // Any part of a digest is as good as random already.
  std::size_t operator()(const truerelay::digest::Digest& digest) const noexcept {
    std::size_t part = 0;
    std::memcpy(&part, digest.bytes.data(), sizeof part);
    return part;
  }
};
