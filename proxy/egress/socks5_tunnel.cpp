#include <fmt/core.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/buffer.h"
#include "egress/place.h"
#include "egress/tunnel.h"
#include "platform/ip_text.h"

namespace truerelay::egress {
namespace {

// RFC 1928 sections 3 to 6, RFC 1929 section 2.
constexpr char kVersion = 5;
constexpr char kLoginVersion = 1;
constexpr char kNoLogin = 0;
constexpr char kUserAndPassword = 2;
constexpr char kConnect = 1;
constexpr char kIpv4 = 1;
constexpr char kName = 3;
constexpr char kIpv6 = 4;
constexpr std::size_t kLongestText = 255;  // Names, users and passwords have an octet of length.

// What the codes mean, in the words of RFC 1928 section 6.
constexpr std::array<std::string_view, 9> kReplies = {"succeeded",
                                                      "general SOCKS server failure",
                                                      "connection not allowed by ruleset",
                                                      "network unreachable",
                                                      "host unreachable",
                                                      "connection refused",
                                                      "TTL expired",
                                                      "command not supported",
                                                      "address type not supported"};

std::unexpected<io::Failure> failed(std::string clause) {
  return io::fail(io::Failure::Kind::proxy_failed, std::move(clause));
}

std::unexpected<io::Failure> no_socks() {
  return failed("gave an answer that is none of a SOCKS5 proxy");
}

std::string with_length(std::string_view text) {
  return static_cast<char>(text.size()) + std::string(text);
}

// Address type, address and port.
std::string address_of(const io::Endpoint& target) {
  std::string bytes;
  const std::optional<io::IpAddress> ip = platform::parse_ip(target.host);
  if (!ip) {
    bytes = kName + with_length(target.host);
  } else {
    const std::size_t first = ip->is_v4() ? 12 : 0;
    bytes += ip->is_v4() ? kIpv4 : kIpv6;
    for (std::size_t i = first; i < ip->bytes.size(); ++i) {
      bytes += static_cast<char>(ip->bytes[i]);
    }
  }
  bytes += static_cast<char>(target.port >> 8U);
  bytes += static_cast<char>(target.port & 0xFFU);
  return bytes;
}

class Socks5 {
 public:
  explicit Socks5(io::Stream& stream) : stream_(stream) {}

  io::Task<io::Result<void>> greet(const std::string& user, const Redacted& password) {
    const bool has_login = !user.empty();
    std::string greeting = {kVersion, has_login ? char{2} : char{1}, kNoLogin};
    greeting += has_login ? std::string(1, kUserAndPassword) : std::string();
    io::Result<std::string> choice = co_await ask(greeting, 2);
    if (!choice) {
      co_return std::unexpected(std::move(choice.error()));
    }
    if ((*choice)[0] != kVersion) {
      co_return no_socks();
    }
    const char method = (*choice)[1];
    if (method == kNoLogin) {
      co_return io::Result<void>{};
    }
    if (method == kUserAndPassword && has_login) {
      io::Result<void> logged_in = co_await log_in(user, password);
      co_return logged_in;
    }
    co_return failed(has_login ? "takes no login by user and password"
                               : "wants a login, which \"via_user\" and \"via_password_file\" "
                                 "would give it");
  }

  io::Task<io::Result<void>> connect(const io::Endpoint& target) {
    const std::string request = std::string{kVersion, kConnect, 0} + address_of(target);
    io::Result<std::string> reply = co_await ask(request, 4);
    if (!reply) {
      co_return std::unexpected(std::move(reply.error()));
    }
    const auto code = static_cast<unsigned char>((*reply)[1]);
    if ((*reply)[0] != kVersion || (*reply)[2] != 0) {
      co_return no_socks();
    }
    if (code != 0) {
      const std::string_view words = code < kReplies.size() ? kReplies[code] : "unassigned";
      co_return failed(
          fmt::format("refused to connect to {}; it said: {} ({})", place(target), code, words));
    }
    // The address from which it connects: of no interest, but in the way.
    io::Result<void> skipped = co_await skip_address((*reply)[3]);
    co_return skipped;
  }

 private:
  io::Task<io::Result<void>> log_in(const std::string& user, const Redacted& password) {
    std::string text;
    text.reserve(3 + 2 * kLongestText);
    text += kLoginVersion;
    text += with_length(user);
    text += static_cast<char>(password.reveal().size());
    text += password.reveal();
    const Redacted login(std::move(text));
    io::Result<std::string> verdict = co_await ask(login.reveal(), 2);
    if (!verdict) {
      co_return std::unexpected(std::move(verdict.error()));
    }
    if ((*verdict)[1] != 0) {
      co_return failed("refused the login of \"via_user\"");
    }
    co_return io::Result<void>{};
  }

  io::Task<io::Result<void>> skip_address(char type) {
    std::size_t octets = 0;
    if (type == kIpv4) {
      octets = 4;
    } else if (type == kIpv6) {
      octets = 16;
    } else if (type == kName) {
      io::Result<std::string> length = co_await read(1);
      if (!length) {
        co_return std::unexpected(std::move(length.error()));
      }
      octets = static_cast<unsigned char>(length->front());
    } else {
      co_return no_socks();
    }
    io::Result<std::string> address = co_await read(octets + 2);
    if (!address) {
      co_return std::unexpected(std::move(address.error()));
    }
    co_return io::Result<void>{};
  }

  io::Task<io::Result<std::string>> ask(std::string_view bytes, std::size_t answer) {
    const io::Result<void> written = co_await stream_.write(bytes);
    if (!written) {
      co_return std::unexpected(written.error());
    }
    io::Result<std::string> answered = co_await read(answer);
    co_return answered;
  }

  // Just so many octets.
  io::Task<io::Result<std::string>> read(std::size_t octets) {
    Buffer arrived;
    while (arrived.size() < octets) {
      const io::Result<std::size_t> count = co_await stream_.read(arrived, octets - arrived.size());
      if (!count) {
        co_return std::unexpected(count.error());
      }
      if (*count == 0) {
        co_return failed("closed the connection without an answer");
      }
    }
    co_return std::string(arrived.readable());
  }

  io::Stream& stream_;
};

}  // namespace

io::Task<io::Result<void>> connect_by_socks5(io::Stream& stream, const io::Endpoint& target,
                                             const std::string& user, const Redacted& password) {
  if (user.size() > kLongestText || password.reveal().size() > kLongestText) {
    co_return failed("cannot be told a user or a password of more than 255 octets");
  }
  if (!user.empty() && password.empty()) {
    co_return failed("cannot be told an empty password");
  }
  Socks5 proxy(stream);
  io::Result<void> greeted = co_await proxy.greet(user, password);
  if (!greeted) {
    co_return greeted;
  }
  io::Result<void> connected = co_await proxy.connect(target);
  co_return connected;
}

}  // namespace truerelay::egress
