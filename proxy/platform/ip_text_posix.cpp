#include <arpa/inet.h>
#include <fmt/compile.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "platform/ip_text.h"

namespace truerelay::platform {
namespace {

constexpr std::size_t kMappedPrefix = 12;  // Bytes before the IPv4 address in its mapped form.

// Bits beyond the first `length` become 0.
void mask(io::IpAddress& address, unsigned length) {
  for (unsigned i = 0; i < address.bytes.size(); ++i) {
    const unsigned kept = length > i * 8 ? std::min(length - i * 8, 8U) : 0;
    address.bytes[i] &= static_cast<std::uint8_t>(0xFF00U >> kept);
  }
}

}  // namespace

std::optional<io::IpAddress> parse_ip(std::string_view text) {
  // The longest literal there is, and the terminator that inet_pton wants.
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size() || text.contains('\0')) {
    return std::nullopt;
  }
  std::ranges::copy(text, terminated.begin());
  io::IpAddress address;
  if (::inet_pton(AF_INET6, terminated.data(), address.bytes.data()) == 1) {
    return address;
  }
  if (::inet_pton(AF_INET, terminated.data(), address.bytes.data() + kMappedPrefix) == 1) {
    address.bytes[kMappedPrefix - 1] = address.bytes[kMappedPrefix - 2] = 0xFF;
    return address;
  }
  return std::nullopt;
}

std::string ip_text(const io::IpAddress& address) {
  if (address.is_v4()) {
    const std::uint8_t* bytes = address.bytes.data() + kMappedPrefix;
    return fmt::format(FMT_COMPILE("{}.{}.{}.{}"), bytes[0], bytes[1], bytes[2], bytes[3]);
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(AF_INET6, address.bytes.data(), text.data(), text.size());
  return text.data();
}

std::optional<io::IpNetwork> parse_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view literal = text.substr(0, slash);
  const std::optional<io::IpAddress> address = parse_ip(literal);
  if (!address) {
    return std::nullopt;
  }
  io::IpNetwork network{*address, 128};
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    unsigned length = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    const bool dotted = !literal.contains(':');
    if (error != std::errc{} || end != digits.data() + digits.size() ||
        length > (dotted ? 32U : 128U)) {
      return std::nullopt;
    }
    network.length = dotted ? length + 96 : length;
    mask(network.address, network.length);
  }
  return network;
}

}  // namespace truerelay::platform
