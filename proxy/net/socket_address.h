#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "io/ip_address.h"

struct sockaddr;
struct sockaddr_storage;

namespace truerelay::net {

// Where a TCP socket is bound or connected to.
struct SocketAddress {
  io::IpAddress ip;
  std::uint16_t port = 0;
  std::uint32_t zone = 0;  // The interface of a link-local IPv6 address (RFC 4007), or 0.

  bool operator==(const SocketAddress&) const = default;
};

// "192.0.2.1:25", "[2001:db8::1]:25"
[[nodiscard]] std::string text(const SocketAddress& address);

// An address literal without brackets, with a zone or without ("fe80::1%eth0"); nullopt: it is a
// name, or nothing.
[[nodiscard]] std::optional<SocketAddress> literal(const std::string& host, std::uint16_t port);

// IPv4 stands unmapped in the system's form. nullopt: another family.
void to_native(const SocketAddress& address, sockaddr_storage& native);
[[nodiscard]] std::optional<SocketAddress> from_native(const sockaddr* native);

}  // namespace truerelay::net
