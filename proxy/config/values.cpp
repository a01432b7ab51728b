#include "config/values.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <system_error>

#include "base/ascii.h"
#include "platform/ip_text.h"

namespace truerelay::config {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t value;
};
// In milliseconds, the largest first.
constexpr auto kDurations =
    std::to_array<Unit>({{"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}});
constexpr auto kSizes = std::to_array<Unit>({{"GiB", 1ULL << 30U},
                                             {"GB", 1'000'000'000},
                                             {"MiB", 1ULL << 20U},
                                             {"MB", 1'000'000},
                                             {"KiB", 1ULL << 10U},
                                             {"KB", 1000},
                                             {"", 1}});

constexpr std::uint64_t kLongestDuration = 10ULL * 365 * 24 * 3'600'000;
constexpr std::uint64_t kLargestSize = 1ULL << 50U;

// "30" and one of the units, with nothing before, between and after; nullopt too where it is more
// than `most`.
std::optional<std::uint64_t> quantity(std::string_view text, std::span<const Unit> units,
                                      std::uint64_t most) {
  std::uint64_t count = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (failure != std::errc{}) {
    return std::nullopt;
  }
  const std::string_view rest(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const auto unit = std::ranges::find(units, rest, &Unit::name);
  if (unit == units.end() || count > most / unit->value) {
    return std::nullopt;
  }
  return count * unit->value;
}

std::string in_largest_unit(std::uint64_t value, std::span<const Unit> units) {
  const auto unit = std::ranges::find_if(
      units, [&](const Unit& candidate) { return value % candidate.value == 0; });
  return fmt::format("{}{}", value / unit->value, unit->name);
}

bool host_sign(char c) { return ascii_alpha(c) || ascii_digit(c) || c == '-' || c == '_'; }

}  // namespace

std::expected<Duration, std::string> parse_duration(std::string_view text) {
  const auto milliseconds = quantity(text, kDurations, kLongestDuration);
  if (!milliseconds) {
    return std::unexpected(R"(must be a duration, such as "30s", "5m", "500ms" or "1h")");
  }
  return Duration(static_cast<Duration::rep>(*milliseconds));
}

std::expected<Duration, std::string> duration_of_seconds(std::int64_t seconds) {
  if (seconds < 0 || static_cast<std::uint64_t>(seconds) > kLongestDuration / 1000) {
    return std::unexpected(R"(must be a duration, such as "30s", "5m", "500ms" or "1h")");
  }
  return std::chrono::seconds(seconds);
}

std::string duration_text(Duration duration) {
  return duration.count() == 0
             ? "0s"
             : in_largest_unit(static_cast<std::uint64_t>(duration.count()), kDurations);
}

std::expected<std::uint64_t, std::string> parse_size(std::string_view text) {
  const auto octets = quantity(text, kSizes, kLargestSize);
  if (!octets) {
    return std::unexpected(R"(must be a size, such as "256KiB", "35MB" or "150MiB")");
  }
  return *octets;
}

std::string size_text(std::uint64_t octets) {
  return octets == 0 ? "0" : in_largest_unit(octets, kSizes);
}

std::expected<ListenAddress, std::string> parse_listen_address(std::string_view text) {
  const auto fault = [&] {
    return std::unexpected(fmt::format(
        R"(must hold addresses with a port, such as "127.0.0.1:2525" or "[::1]:25"; "{}" is none)",
        printable(text, 100)));
  };
  const std::size_t colon = text.rfind(':');
  if (colon == text.npos) {
    return fault();
  }
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  const bool brackets = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
  if (brackets) {
    host = host.substr(1, host.size() - 2);
  }
  std::uint16_t port = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (failure != std::errc{} || end != digits.data() + digits.size() || port == 0 ||
      host.contains(':') != brackets || !platform::parse_ip(host)) {
    return fault();
  }
  return ListenAddress{.host = std::string(host), .port = port};
}

std::optional<std::string> fault_of_name(std::string_view name) {
  const bool good = std::ranges::all_of(name, [](char c) {
    return (ascii_alpha(c) && ascii_lower(c) == c) || ascii_digit(c) || c == '-' || c == '_';
  });
  if (name.empty() || name.size() > 64 || !good) {
    return "must be of lower-case letters, digits, - and _, at most 64 of them";
  }
  return std::nullopt;
}

std::optional<std::string> fault_of_host(std::string_view host) {
  if (platform::parse_ip(host)) {
    return std::nullopt;
  }
  if (host.contains("://")) {
    return "must be a host name alone, without a scheme such as smtp://";
  }
  if (host.contains(':') || host.contains('[')) {
    return "must be a host name or an address, without a port (which is a key of its own) and "
           "without brackets";
  }
  if (std::ranges::any_of(host, [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) {
    return "must be in ASCII; an international name is written in its xn-- form";
  }
  // RFC 1035 section 2.3.4: labels of 1 to 63, together at most 253.
  std::size_t label = 0;
  for (const char c : host) {
    label = c == '.' ? 0 : label + 1;
    if ((c != '.' && !host_sign(c)) || label > 63) {
      return "must be a host name, such as smtp.example.com, or an address";
    }
  }
  if (host.empty() || host.size() > 253 || host.starts_with('.') || host.contains("..")) {
    return "must be a host name, such as smtp.example.com, or an address";
  }
  // "10.0.0" or "1.2.3.400" was meant as an address.
  const std::string_view last = host.substr(host.rfind('.') + 1);
  if (!last.empty() && std::ranges::all_of(last, ascii_digit)) {
    return "is neither a host name nor an address";
  }
  return std::nullopt;
}

bool is_loopback(std::string_view host) {
  const auto ip = platform::parse_ip(host);
  return ip ? ip->is_loopback() : ascii_equal(host, "localhost");
}

}  // namespace truerelay::config
