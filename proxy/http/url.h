#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace truerelay::http {

// Where a request goes, or where a browser was sent (RFC 3986): https, and http only to this
// machine, where nobody listens on the way (RFC 8252 section 8.3).
struct Url {
  bool secure = true;
  std::string host;  // In lower case; an IPv6 literal without its brackets.
  std::uint16_t port = 443;
  std::string target = "/";  // Path and query, percent-encoded as they were written.

  [[nodiscard]] std::string_view path() const;
  [[nodiscard]] std::string_view query() const;  // Without the "?"; empty where there is none.
  // As in a Host field: "login.example.com", "[::1]:8443"; the usual port is left out.
  [[nodiscard]] std::string authority() const;
};

// Strict: no user, no fragment, no blanks, nothing beyond ASCII, at most 8192 octets. A failure is
// a clause that goes after the name of what was read ("must begin with https://") and does not
// quote it, for a redirect holds a code.
[[nodiscard]] std::expected<Url, std::string> parse_url(std::string_view text);

// 127.0.0.0/8, ::1 or "localhost"; lower case, without brackets.
[[nodiscard]] bool is_loopback(std::string_view host);

}  // namespace truerelay::http
