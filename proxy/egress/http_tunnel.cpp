#include <fmt/core.h>

#include <utility>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/buffer.h"
#include "base/gives_away.h"
#include "egress/place.h"
#include "egress/tunnel.h"
#include "http/parsers.h"

namespace truerelay::egress {
namespace {

// 407 (RFC 9110 section 15.5.8); tinyproxy answers a wrong login with 401.
bool concerns_login(int status) { return status == 407 || status == 401; }

Redacted request_text(const std::string& target, const std::string& user,
                      const Redacted& password) {
  const std::string begin = fmt::format("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n", target);
  if (user.empty()) {
    return Redacted(begin + "\r\n");
  }
  const Redacted both(fmt::format("{}:{}", user, password.reveal()));
  const Redacted encoded(base64_encode(both.reveal()));
  return Redacted(fmt::format("{}Proxy-Authorization: Basic {}\r\n\r\n", begin, encoded.reveal()));
}

std::unexpected<io::Failure> refused(const http::Response& answer, const std::string& target,
                                     const std::string& user, const Redacted& password) {
  const bool repeats_it = gives_away(answer.reason, password);
  const std::string words =
      fmt::format("{} {}", answer.status,
                  repeats_it ? "(the rest repeats the password)" : printable(answer.reason, 256));
  if (concerns_login(answer.status) && user.empty()) {
    return io::fail(io::Failure::Kind::proxy_failed,
                    fmt::format("wants a login, which \"via_user\" and \"via_password_file\" would "
                                "give it; it said: {}",
                                words));
  }
  if (concerns_login(answer.status)) {
    return io::fail(io::Failure::Kind::proxy_failed,
                    fmt::format("refused the login of \"via_user\"; it said: {}", words));
  }
  return io::fail(io::Failure::Kind::proxy_failed,
                  fmt::format("refused to connect to {}; it said: {}", target, words));
}

}  // namespace

io::Task<io::Result<void>> connect_by_http(io::Stream& stream, const io::Endpoint& target,
                                           const std::string& user, const Redacted& password) {
  const std::string where = place(target);
  const Redacted request = request_text(where, user, password);
  io::Result<void> written = co_await stream.write(request.reveal());
  if (!written) {
    co_return written;
  }
  http::ResponseParser parser(0, http::ResponseParser::Body::none);
  while (!parser.complete()) {
    Buffer arrived;
    const io::Result<std::size_t> count = co_await stream.read(arrived, 1);
    if (!count) {
      co_return std::unexpected(count.error());
    }
    const io::Result<void> taken = *count == 0 ? parser.end() : parser.take(arrived.readable());
    if (!taken && *count == 0) {
      co_return io::fail(io::Failure::Kind::proxy_failed,
                         "closed the connection without an answer");
    }
    if (!taken) {
      co_return io::fail(
          io::Failure::Kind::proxy_failed,
          fmt::format("gave an answer that is none of an HTTP proxy: {}", taken.error().detail));
    }
  }
  const http::Response answer = parser.answer();
  if (answer.status >= 300) {
    co_return refused(answer, where, user, password);
  }
  co_return io::Result<void>{};
}

}  // namespace truerelay::egress
