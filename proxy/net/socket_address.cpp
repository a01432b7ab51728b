#include "net/socket_address.h"

#include <fmt/compile.h>
#include <uv.h>

#include <cstring>

#include "platform/ip_text.h"

namespace truerelay::net {
namespace {

constexpr std::size_t kMappedPrefix = 12;  // Bytes before the IPv4 address in its mapped form.

// The system's addresses are copied, not cast: their types may not alias.
template <class Address>
Address copied(const sockaddr* native) {
  Address address{};
  std::memcpy(&address, native, sizeof address);
  return address;
}

}  // namespace

std::string text(const SocketAddress& address) {
  const std::string ip = platform::ip_text(address.ip);
  if (address.ip.is_v4()) {
    return fmt::format(FMT_COMPILE("{}:{}"), ip, address.port);
  }
  return address.zone == 0 ? fmt::format("[{}]:{}", ip, address.port)
                           : fmt::format("[{}%{}]:{}", ip, address.zone, address.port);
}

std::optional<SocketAddress> literal(const std::string& host, std::uint16_t port) {
  if (const std::optional<io::IpAddress> ip = platform::parse_ip(host)) {
    return SocketAddress{*ip, port};
  }
  sockaddr_in6 zoned{};
  if (host.contains('%') && !host.contains('\0') && uv_ip6_addr(host.c_str(), port, &zoned) == 0) {
    return from_native(reinterpret_cast<const sockaddr*>(&zoned));
  }
  return std::nullopt;
}

void to_native(const SocketAddress& address, sockaddr_storage& native) {
  native = {};
  if (address.ip.is_v4()) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(address.port);
    std::memcpy(&v4.sin_addr, address.ip.bytes.data() + kMappedPrefix, sizeof v4.sin_addr);
    std::memcpy(&native, &v4, sizeof v4);
  } else {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(address.port);
    v6.sin6_scope_id = address.zone;
    std::memcpy(&v6.sin6_addr, address.ip.bytes.data(), sizeof v6.sin6_addr);
    std::memcpy(&native, &v6, sizeof v6);
  }
}

std::optional<SocketAddress> from_native(const sockaddr* native) {
  SocketAddress address;
  if (native->sa_family == AF_INET) {
    const auto v4 = copied<sockaddr_in>(native);
    address.port = ntohs(v4.sin_port);
    address.ip.bytes[kMappedPrefix - 2] = address.ip.bytes[kMappedPrefix - 1] = 0xFF;
    std::memcpy(address.ip.bytes.data() + kMappedPrefix, &v4.sin_addr, sizeof v4.sin_addr);
    return address;
  }
  if (native->sa_family == AF_INET6) {
    const auto v6 = copied<sockaddr_in6>(native);
    address.port = ntohs(v6.sin6_port);
    address.zone = v6.sin6_scope_id;
    std::memcpy(address.ip.bytes.data(), &v6.sin6_addr, sizeof v6.sin6_addr);
    return address;
  }
  return std::nullopt;
}

}  // namespace truerelay::net
