#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "config/config.h"

namespace truerelay::config {

// The small languages inside TOML strings. Each fails with a clause that goes after the key's name:
// "must be a duration, such as "30s"".

// "500ms", "30s", "5m", "1h"; at most 10 years, so that sums do not overflow.
[[nodiscard]] std::expected<Duration, std::string> parse_duration(std::string_view text);

// Of seconds, as TOML has them without a unit.
[[nodiscard]] std::expected<Duration, std::string> duration_of_seconds(std::int64_t seconds);

// The other way: the largest unit that says it exactly.
[[nodiscard]] std::string duration_text(Duration duration);

// "4096", "64KiB", "35MB", "1GiB", in octets.
[[nodiscard]] std::expected<std::uint64_t, std::string> parse_size(std::string_view text);
[[nodiscard]] std::string size_text(std::uint64_t octets);

// "127.0.0.1:2525", "[::1]:25"
[[nodiscard]] std::expected<ListenAddress, std::string> parse_listen_address(std::string_view text);

// What is wrong with the name of a listener or an upstream (lower-case letters, digits, - and _, at
// most 64), or nullopt.
[[nodiscard]] std::optional<std::string> fault_of_name(std::string_view name);

// What is wrong with a DNS name or an address literal, or nullopt.
[[nodiscard]] std::optional<std::string> fault_of_host(std::string_view host);

// 127.0.0.0/8, ::1 or "localhost"
[[nodiscard]] bool is_loopback(std::string_view host);

}  // namespace truerelay::config
