#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "io/ip_address.h"

namespace truerelay::platform {

// Addresses and networks as people write them.

// "192.0.2.1", "2001:db8::1" (RFC 4291 section 2.2), without brackets, port or zone. The mapped
// form "::ffff:192.0.2.1" is the IPv4 address.
[[nodiscard]] std::optional<io::IpAddress> parse_ip(std::string_view text);

// The other way: IPv4 dotted, also where it came in its mapped form; IPv6 as in RFC 5952.
[[nodiscard]] std::string ip_text(const io::IpAddress& address);

// "10.0.0.0/8", "2001:db8::/32", or one address, "::1". Bits beyond the prefix may be set and are
// masked away, so that "10.1.2.3/8" is 10.0.0.0/8. The length is at most 32 for IPv4 and 128 for
// IPv6. As IPv4 stands in its mapped form, "::/0" holds every IPv4 address too.
[[nodiscard]] std::optional<io::IpNetwork> parse_network(std::string_view text);

}  // namespace truerelay::platform
