#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <string>

#include "base/redacted.h"

namespace truerelay::egress {

// A proxy on the way out of this network, as "via" names it.
struct Proxy {
  enum class Protocol { http, socks5 };

  Protocol protocol = Protocol::http;
  std::string host;
  std::uint16_t port = 0;
  std::string user{};  // Empty: nobody logs in there.

  // "socks5://proxy.example:1080"
  [[nodiscard]] std::string url() const;
};

// The password of its user, asked for at each connection. An error is a sentence.
using PasswordOf = std::function<std::expected<Redacted, std::string>()>;

}  // namespace truerelay::egress
