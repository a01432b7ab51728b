#include "net/listener.h"

#include <fmt/core.h>
#include <uv.h>

#include <chrono>

#include "net/failure_of.h"
#include "net/loop.h"
#include "net/tcp_stream.h"
#include "platform/open_files.h"

namespace truerelay::net {
namespace {

// How many may wait to be accepted; the system has its own bound (net.core.somaxconn).
constexpr int kBacklog = 1024;

constexpr io::Duration kPause = std::chrono::milliseconds(100);

std::string remedy(int error) {
  switch (error) {
    case UV_EADDRINUSE:
      return "another program uses this port; stop it (`ss -ltnp` shows which it is), or choose "
             "another port";
    case UV_EACCES:
    case UV_EPERM:
      return "ports below 1024 need a privilege; grant CAP_NET_BIND_SERVICE (systemd: "
             "AmbientCapabilities), or choose a port above 1023";
    case UV_EADDRNOTAVAIL:
      return "this machine has no such address; choose one that `ip addr` shows, or 0.0.0.0 or "
             "[::] "
             "for all";
    case UV_EAFNOSUPPORT:
      return "this system has no IPv6; choose an IPv4 address";
    default:
      return error_text(error);
  }
}

}  // namespace

Listener::Listener(Loop& loop, const SocketAddress& address, OnStream on_stream,
                   OnTrouble on_trouble)
    : Timer(loop),
      loop_(loop),
      bound_(address),
      on_stream_(std::move(on_stream)),
      on_trouble_(std::move(on_trouble)),
      handle_(new_tcp(loop, this)) {}

io::Result<std::unique_ptr<Listener>> Listener::open(Loop& loop, const io::Endpoint& address,
                                                     OnStream on_stream, OnTrouble on_trouble) {
  const std::optional<SocketAddress> wanted = literal(address.host, address.port);
  if (!wanted) {
    return io::fail(io::Failure::Kind::unreachable,
                    fmt::format("cannot listen on {}: it is not an IP address; write one, such as "
                                "127.0.0.1 or [::1]",
                                address.host));
  }
  std::unique_ptr<Listener> listener(
      new Listener(loop, *wanted, std::move(on_stream), std::move(on_trouble)));
  const int error = listener->listen();
  if (error != 0) {
    return io::fail(io::Failure::Kind::unreachable,
                    fmt::format("cannot listen on {}: {}", text(*wanted), remedy(error)));
  }
  return listener;
}

int Listener::listen() {
  sockaddr_storage native{};
  to_native(bound_, native);
  const unsigned flags = bound_.ip.is_v4() ? 0 : UV_TCP_IPV6ONLY;
  int error = uv_tcp_bind(handle_.get(), reinterpret_cast<const sockaddr*>(&native), flags);
  if (error == 0) {
    error = uv_listen(reinterpret_cast<uv_stream_t*>(handle_.get()), kBacklog,
                      [](uv_stream_t* server, int status) {
                        if (auto* listener = static_cast<Listener*>(server->data)) {
                          listener->knocked(status);
                        }
                      });
  }
  if (error == 0) {
    int size = sizeof native;
    error = uv_tcp_getsockname(handle_.get(), reinterpret_cast<sockaddr*>(&native), &size);
  }
  if (error == 0) {
    bound_ = from_native(reinterpret_cast<const sockaddr*>(&native)).value_or(bound_);
  }
  return error;
}

// libuv has accepted a connection, or could not. Until uv_accept() takes the connection over, libuv
// holds it and accepts no other.
void Listener::knocked(int error) {
  if (error != 0) {
    on_trouble_(
        fmt::format("{}: a connection could not be accepted: {}", address(), error_text(error)));
  } else if (platform::open_files_run_short(recent_)) {
    on_trouble_(
        fmt::format("{}: clients must wait, for this process has nearly as many open files "
                    "as the system allows; raise the limit (systemd: LimitNOFILE)",
                    address()));
    arm(loop_.now() + kPause);
  } else {
    accept();
  }
}

void Listener::expire() {
  if (platform::open_files_run_short(recent_)) {
    arm(loop_.now() + kPause);
  } else {
    accept();
  }
}

void Listener::accept() {
  TcpHandle client = new_tcp(loop_, nullptr);
  int error = uv_accept(reinterpret_cast<uv_stream_t*>(handle_.get()),
                        reinterpret_cast<uv_stream_t*>(client.get()));
  sockaddr_storage native{};
  int size = sizeof native;
  if (error == 0) {
    recent_ = static_cast<int>(system_socket(*client));
    error = uv_tcp_getpeername(client.get(), reinterpret_cast<sockaddr*>(&native), &size);
  }
  if (error != 0) {
    return;  // Gone again before it was let in.
  }
  const auto from =
      from_native(reinterpret_cast<const sockaddr*>(&native)).value_or(SocketAddress{});
  on_stream_(std::make_unique<TcpStream>(loop_, std::move(client)), io::Peer{from.ip, text(from)});
}

void Listener::stop() {
  disarm();
  handle_.reset();
}

}  // namespace truerelay::net
