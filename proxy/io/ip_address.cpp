#include "io/ip_address.h"

#include <algorithm>

namespace truerelay::io {

bool IpAddress::is_v4() const {
  static constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0,    0,
                                                           0, 0, 0, 0, 0xFF, 0xFF};
  return std::equal(kMapped.begin(), kMapped.end(), bytes.begin());
}

bool IpAddress::is_loopback() const {
  static constexpr std::array<std::uint8_t, 16> kLoopback6 = {0, 0, 0, 0, 0, 0, 0, 0,
                                                              0, 0, 0, 0, 0, 0, 0, 1};
  return is_v4() ? bytes[12] == 127 : bytes == kLoopback6;
}

bool IpNetwork::contains(const IpAddress& other) const {
  const unsigned whole = length / 8;
  if (!std::equal(address.bytes.begin(), address.bytes.begin() + whole, other.bytes.begin())) {
    return false;
  }
  const unsigned rest = length % 8;
  const auto mask = static_cast<std::uint8_t>(0xFF00U >> rest);
  return rest == 0 || ((address.bytes[whole] ^ other.bytes[whole]) & mask) == 0;
}

}  // namespace truerelay::io
