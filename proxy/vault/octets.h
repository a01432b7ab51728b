#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace truerelay::vault {

// Writes numbers and bytes one after the other into a place that has room for them.
class OctetWriter {
 public:
  explicit OctetWriter(std::span<unsigned char> into) : into_(into) {}

  // The most significant octet first.
  void number(std::uint64_t value, std::size_t octets) {
    for (std::size_t i = octets; i > 0; --i) {
      into_[at_++] = static_cast<unsigned char>(value >> (8 * (i - 1)) & 0xFFU);
    }
  }
  void bytes(std::span<const unsigned char> bytes) {
    for (const unsigned char byte : bytes) {
      into_[at_++] = byte;
    }
  }
  void text(std::string_view text) {
    bytes({reinterpret_cast<const unsigned char*>(text.data()), text.size()});
  }

 private:
  std::span<unsigned char> into_;
  std::size_t at_ = 0;
};

// The other way. What is beyond the end reads as 0 or "", and good() says so.
class OctetReader {
 public:
  explicit OctetReader(std::string_view from) : from_(from) {}

  std::uint64_t number(std::size_t octets) {
    std::uint64_t value = 0;
    for (const char c : text(octets)) {
      value = value << 8U | static_cast<unsigned char>(c);
    }
    return value;
  }
  std::string_view text(std::size_t size) {
    if (size > from_.size()) {
      good_ = false;
      from_ = {};
      return {};
    }
    const std::string_view taken = from_.substr(0, size);
    from_.remove_prefix(size);
    return taken;
  }
  void bytes(std::span<unsigned char> into) {
    const std::string_view taken = text(into.size());
    for (std::size_t i = 0; i < taken.size(); ++i) {
      into[i] = static_cast<unsigned char>(taken[i]);
    }
  }
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] bool at_end() const { return from_.empty(); }

 private:
  std::string_view from_;
  bool good_ = true;
};

}  // namespace truerelay::vault
