#include "egress/proxy_dialer.h"

#include <fmt/core.h>

#include <utility>

#include "egress/place.h"
#include "egress/tunnel.h"
#include "io/close_on_cancel.h"

namespace truerelay::egress {

using Kind = io::Failure::Kind;

ProxyDialer::ProxyDialer(io::Dialer& direct, Proxy proxy, PasswordOf password)
    : direct_(direct), proxy_(std::move(proxy)), password_(std::move(password)) {}

io::Task<io::Result<io::Connection>> ProxyDialer::dial(io::Endpoint endpoint, io::Time deadline,
                                                       io::Cancellation& cancellation) {
  std::expected<Redacted, std::string> password;
  if (!proxy_.user.empty()) {
    password = password_();
    if (!password) {
      co_return failed({Kind::proxy_failed, fmt::format("needs a password: {}", password.error())});
    }
  }
  io::Endpoint proxy{proxy_.host, proxy_.port};
  io::Result<io::Connection> connection =
      co_await direct_.dial(std::move(proxy), deadline, cancellation);
  if (!connection) {
    co_return failed(connection.error());
  }
  if (cancellation.requested()) {
    co_return io::fail(Kind::cancelled,
                       fmt::format("connecting to {} was given up", endpoint.host));
  }
  io::Stream& stream = *connection->stream;
  stream.set_deadline(deadline);
  const io::CloseOnCancel stop(cancellation, stream);
  io::Result<void> opened;
  if (proxy_.protocol == Proxy::Protocol::http) {
    opened = co_await connect_by_http(stream, endpoint, proxy_.user, *password);
  } else {
    opened = co_await connect_by_socks5(stream, endpoint, proxy_.user, *password);
  }
  if (!opened) {
    co_return failed(opened.error());
  }
  stream.set_deadline(io::Time::max());
  connection->address = fmt::format("{} via {}", place(endpoint), connection->address);
  co_return connection;
}

std::unexpected<io::Failure> ProxyDialer::failed(const io::Failure& why) const {
  switch (why.kind) {
    case Kind::cancelled:
      return std::unexpected(why);
    case Kind::proxy_failed:
      return io::fail(Kind::proxy_failed, fmt::format("the proxy {} {}", proxy_.url(), why.detail));
    case Kind::timed_out:
      return io::fail(Kind::proxy_failed,
                      fmt::format("the proxy {} did not answer in time", proxy_.url()));
    default:
      return io::fail(
          Kind::proxy_failed,
          fmt::format("there is no connection through the proxy {}: {}", proxy_.url(), why.detail));
  }
}

}  // namespace truerelay::egress
