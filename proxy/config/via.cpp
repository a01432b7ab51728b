#include "config/via.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <system_error>
#include <utility>

#include "base/ascii.h"
#include "config/values.h"

namespace truerelay::config {
namespace {

constexpr std::string_view kExample =
    R"(must be "http://HOST:PORT" or "socks5://HOST:PORT", such as "http://proxy.example:3128")";

}  // namespace

std::expected<Via, std::string> parse_via(std::string_view text) {
  const std::size_t scheme = text.find("://");
  if (scheme == text.npos) {
    return std::unexpected(std::string(kExample));
  }
  Via via;
  via.socks5 = ascii_equal(text.substr(0, scheme), "socks5") ||
               ascii_equal(text.substr(0, scheme), "socks5h");
  if (!via.socks5 && !ascii_equal(text.substr(0, scheme), "http")) {
    return std::unexpected(std::string(kExample));
  }
  text.remove_prefix(scheme + 3);
  if (text.contains('@')) {
    return std::unexpected(
        "must not hold a user or a password: write them to 'via_user', and to a file that "
        "'via_password_file' names");
  }
  text.remove_suffix(text.ends_with('/') ? 1 : 0);
  const std::size_t colon = text.rfind(':');
  if (colon == text.npos || text.ends_with(']')) {
    return std::unexpected(
        R"(must end with the proxy's port, such as "http://proxy.example:3128")");
  }
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  const bool brackets = host.starts_with('[') && host.ends_with(']');
  if (brackets) {
    host = host.substr(1, host.size() - 2);
  }
  const auto [end, failure] =
      std::from_chars(digits.data(), digits.data() + digits.size(), via.port);
  if (failure != std::errc{} || end != digits.data() + digits.size() || via.port == 0 ||
      host.contains(':') != brackets || fault_of_host(host)) {
    return std::unexpected(std::string(kExample));
  }
  via.host = host;
  return via;
}

void read_via(TableReader& reader, Upstream& upstream) {
  const std::optional<std::string> text = reader.text("via");
  const std::string user = reader.text("via_user").value_or("");
  const std::filesystem::path file = reader.path("via_password_file").value_or("");
  if (text) {
    std::expected<Via, std::string> via = parse_via(*text);
    if (!via) {
      reader.error("via", "'via' " + via.error());
    } else {
      upstream.via = std::move(*via);
      upstream.via->user = user;
      upstream.via->password_file = file;
    }
  }
  for (const auto& [key, other] :
       {std::pair("via_user", "via_password_file"), std::pair("via_password_file", "via_user")}) {
    if (reader.has(key) && !reader.has("via")) {
      reader.error(key, fmt::format("'{}' is of no use without 'via', which names the proxy", key));
    } else if (reader.has(key) && !reader.has(other)) {
      reader.missing(other, fmt::format(": '{}' needs it", key));
    }
  }
  if (upstream.via && !upstream.via->socks5 && user.contains(':')) {
    reader.error("via_user", "'via_user' must not hold a colon, for HTTP ends the user there");
  }
  if (user.size() > 255) {
    reader.error("via_user", "'via_user' must be at most 255 octets long");
  }
}

}  // namespace truerelay::config
