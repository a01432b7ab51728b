#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace truerelay {

// Memory for keys and for what the vault holds in the clear: pages of their own between guard
// pages, kept out of swap and core files as far as the system allows (sodium_malloc), and wiped
// when it goes. Its beginning is zeros.
class SecureBytes {
 public:
  SecureBytes() = default;
  // Throws std::bad_alloc where the system has no memory left.
  explicit SecureBytes(std::size_t size);
  SecureBytes(SecureBytes&& other) noexcept;
  SecureBytes& operator=(SecureBytes&& other) noexcept;
  SecureBytes(const SecureBytes&) = delete;
  SecureBytes& operator=(const SecureBytes&) = delete;
  ~SecureBytes();

  [[nodiscard]] std::span<unsigned char> bytes() { return {data_, size_}; }
  [[nodiscard]] std::span<const unsigned char> bytes() const { return {data_, size_}; }
  [[nodiscard]] std::string_view text() const {
    return {reinterpret_cast<const char*>(data_), size_};
  }

 private:
  unsigned char* data_ = nullptr;
  std::size_t size_ = 0;
};

// libsodium as it must be before its first use, whoever comes first; from any thread. Ends the
// process where it cannot be used.
void prepare_sodium();

}  // namespace truerelay
