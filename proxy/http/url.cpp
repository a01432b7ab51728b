#include "http/url.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>

#include "base/ascii.h"

namespace truerelay::http {
namespace {

constexpr std::size_t kLongestUrl = 8192;
constexpr std::size_t kLongestHost = 253;  // RFC 1035 section 2.3.4
constexpr std::size_t kLongestLabel = 63;
constexpr std::uint16_t kHttps = 443;
constexpr std::uint16_t kHttp = 80;

bool hex_digit(char c) {
  return ascii_digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f');
}

// RFC 3986 sections 3.3 and 3.4, without "%".
bool target_sign(char c) {
  constexpr std::string_view kOthers = "-._~!$&'()*+,;=:@/?";
  return ascii_alpha(c) || ascii_digit(c) || kOthers.contains(c);
}

bool good_target(std::string_view target) {
  for (std::size_t i = 0; i < target.size(); ++i) {
    if (target[i] == '%') {
      if (i + 2 >= target.size() || !hex_digit(target[i + 1]) || !hex_digit(target[i + 2])) {
        return false;
      }
      i += 2;
    } else if (!target_sign(target[i])) {
      return false;
    }
  }
  return true;
}

// Four decimal numbers, as nobody can misread them: "127.0.0.1", not "127.1" or "0177.0.0.1".
bool good_ipv4(std::string_view host) {
  unsigned parts = 0;
  while (true) {
    const std::size_t dot = std::min(host.find('.'), host.size());
    const std::string_view part = host.substr(0, dot);
    unsigned value = 0;
    const auto [end, failure] = std::from_chars(part.data(), part.data() + part.size(), value);
    if (failure != std::errc{} || end != part.data() + part.size() || value > 255 ||
        (part.size() > 1 && part.front() == '0')) {
      return false;
    }
    ++parts;
    if (dot == host.size()) {
      return parts == 4;
    }
    host.remove_prefix(dot + 1);
  }
}

bool good_name(std::string_view host) {
  std::size_t label = 0;
  for (const char c : host) {
    if (c == '.' && label == 0) {
      return false;
    }
    label = c == '.' ? 0 : label + 1;
    const bool sign = ascii_alpha(c) || ascii_digit(c) || c == '-' || c == '_' || c == '.';
    if (!sign || label > kLongestLabel) {
      return false;
    }
  }
  return label > 0 && host.size() <= kLongestHost;
}

bool good_host(std::string_view host, bool brackets) {
  if (brackets) {
    return host.contains(':') && host.size() <= 45 &&
           std::ranges::all_of(host, [](char c) { return hex_digit(c) || c == ':' || c == '.'; });
  }
  const std::string_view last = host.substr(host.rfind('.') + 1);
  const bool number = !last.empty() && ascii_digit(last.front());
  return number ? good_ipv4(host) : good_name(host);
}

std::optional<std::uint16_t> parse_port(std::string_view digits) {
  std::uint16_t port = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (failure != std::errc{} || end != digits.data() + digits.size() || port == 0) {
    return std::nullopt;
  }
  return port;
}

}  // namespace

std::string_view Url::path() const { return std::string_view(target).substr(0, target.find('?')); }

std::string_view Url::query() const {
  const std::size_t mark = target.find('?');
  return mark == target.npos ? std::string_view() : std::string_view(target).substr(mark + 1);
}

std::string Url::authority() const {
  const std::string name = host.contains(':') ? fmt::format("[{}]", host) : host;
  return port == (secure ? kHttps : kHttp) ? name : fmt::format("{}:{}", name, port);
}

std::expected<Url, std::string> parse_url(std::string_view text) {
  if (text.size() > kLongestUrl) {
    return std::unexpected(fmt::format("must be at most {} octets long", kLongestUrl));
  }
  Url url;
  if (ascii_starts_with(text, "https://")) {
    text.remove_prefix(8);
  } else if (ascii_starts_with(text, "http://")) {
    text.remove_prefix(7);
    url.secure = false;
  } else {
    return std::unexpected("must begin with https://");
  }
  const std::size_t slash = std::min(text.find_first_of("/?#"), text.size());
  std::string_view place = text.substr(0, slash);
  const std::string_view target = text.substr(slash);
  if (place.contains('@')) {
    return std::unexpected("must not hold a user or a password before its host");
  }
  const bool brackets = place.starts_with('[');
  const std::size_t host_end = brackets ? place.find(']') : std::min(place.find(':'), place.size());
  if (host_end != place.npos) {
    const std::size_t begin = brackets ? 1 : 0;
    url.host = ascii_lower(place.substr(begin, host_end - begin));
    place.remove_prefix(host_end + begin);
  }
  if (!good_host(url.host, brackets) || (!place.empty() && place.front() != ':')) {
    return std::unexpected("must have a host name or an address after ://");
  }
  url.port = url.secure ? kHttps : kHttp;
  if (!place.empty()) {
    const std::optional<std::uint16_t> port = parse_port(place.substr(1));
    if (!port) {
      return std::unexpected("must have a port from 1 to 65535 after its host and a colon");
    }
    url.port = *port;
  }
  if (!url.secure && !is_loopback(url.host)) {
    return std::unexpected(
        "must begin with https://: http:// is only for this machine, such as http://127.0.0.1");
  }
  if (target.contains('#')) {
    return std::unexpected("must end before the \"#\"");
  }
  if (!good_target(target)) {
    return std::unexpected(
        "must have nothing in its path and query but what a URL may hold; write the rest as %XX");
  }
  url.target = target.starts_with('/') ? std::string(target) : fmt::format("/{}", target);
  return url;
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || (host.starts_with("127.") && good_ipv4(host));
}

}  // namespace truerelay::http
