#pragma once

#include <openssl/aead.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace truerelay::bench {

// The record layer of TLS 1.3 (RFC 8446 section 5.2) with AES-128-GCM and a fixed key, straight on
// BoringSSL's cipher: what no relay can do without, and nothing else. One direction each.
class SealedRecords {
 public:
  static constexpr std::size_t kLargest = 16 * 1024;
  static constexpr std::size_t kOverhead = 5 + 1 + 16;  // Header, content type, tag.

  SealedRecords();

  // Appends `content` as one record; it is at most kLargest octets.
  void seal(std::string_view content, std::string& records);
  // The content of one record. The process ends where it is not what seal() made.
  void open(std::string_view record, std::string& content);

 private:
  void next_nonce(std::uint8_t (&nonce)[12]);

  bssl::ScopedEVP_AEAD_CTX key_;
  std::uint64_t sequence_ = 0;
  std::string inner_;
};

}  // namespace truerelay::bench
