#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>

#include "digest/key.h"

namespace truerelay::testing {

// The key of the octets 0, 1, 2, ... 31, or from another first octet on.
inline digest::Key known_key(unsigned char first = 0) {
  std::array<std::byte, digest::Key::kSize> secret{};
  for (std::byte& octet : secret) {
    octet = std::byte{first++};
  }
  return digest::Key(secret);
}

inline std::string hexadecimal(std::span<const std::byte> bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const std::byte byte : bytes) {
    text += kDigits[std::to_integer<unsigned>(byte) >> 4U];
    text += kDigits[std::to_integer<unsigned>(byte) & 15U];
  }
  return text;
}

}  // namespace truerelay::testing
