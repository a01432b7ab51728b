#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/redacted.h"
#include "base/secure_bytes.h"

namespace truerelay::vault {

// Tells one key from another and says nothing about it.
using KeyId = std::array<unsigned char, 16>;

// How a passphrase becomes a key (Argon2id, RFC 9106): what it is mixed with and what it costs.
struct Stretching {
  std::array<unsigned char, 16> salt{};
  std::uint32_t passes = 3;
  std::uint64_t memory = 256ULL * 1024 * 1024;  // Octets.

  // A new salt, the usual cost.
  [[nodiscard]] static Stretching draw();
  // Within what any vault of ours has, so that a forged file does not use up the machine.
  [[nodiscard]] bool reasonable() const;
};

// What a vault is sealed with: 256 bits, in locked memory. Move only.
class Key {
 public:
  static constexpr std::size_t kSize = 32;

  // From the system's generator.
  [[nodiscard]] static Key draw();
  // A sentence where the machine has not the memory for it.
  [[nodiscard]] static std::expected<Key, std::string> stretch(std::string_view passphrase,
                                                               const Stretching& how);
  // The other way from text().
  [[nodiscard]] static std::optional<Key> parse(std::string_view text);

  // In base64, as it stands in a key file.
  [[nodiscard]] Redacted text() const;
  [[nodiscard]] KeyId id() const;
  [[nodiscard]] std::span<const unsigned char> bytes() const { return bytes_.bytes(); }

 private:
  Key() : bytes_(kSize) {}

  SecureBytes bytes_;
};

}  // namespace truerelay::vault
