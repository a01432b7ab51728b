#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace truerelay::io {

// An IPv4 or IPv6 address. IPv4 stands as ::ffff:a.b.c.d, so that the mapped form of an address
// is that address.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};

  bool operator==(const IpAddress&) const = default;
  [[nodiscard]] bool is_v4() const;
  [[nodiscard]] bool is_loopback() const;  // 127.0.0.0/8 or ::1
};

// "10.0.0.0/8", "2001:db8::/32", or one address. `length` counts bits of the mapped form (IPv4's
// prefix length + 96).
struct IpNetwork {
  IpAddress address;
  unsigned length = 128;

  [[nodiscard]] bool contains(const IpAddress& other) const;
};

// Who connected.
struct Peer {
  IpAddress ip;
  std::string address;  // "192.0.2.1:49152" or "[2001:db8::1]:49152"
};

}  // namespace truerelay::io
