#pragma once

#include <expected>
#include <string>

namespace truerelay::io {

// Why a wait for the outside world did not bring what was asked for. A value, never thrown.
struct Failure {
  enum class Kind {
    timed_out,          // the deadline passed
    cancelled,          // this side closed the stream or gave up the wait
    closed,             // the peer closed the connection in good order
    reset,              // the connection broke
    name_not_resolved,  // the host name has no address
    unreachable,        // no address of the host took the connection
    tls_refused,        // handshake or certificate
    too_long,           // the peer sent more than the bound
    malformed,          // the peer sent what its protocol does not allow
    proxy_failed,       // a proxy on the way gave no connection
  };

  Kind kind;
  // What happened, for an administrator: a clause without a full stop, never a secret.
  std::string detail;
};

template <class T>
using Result = std::expected<T, Failure>;

[[nodiscard]] inline std::unexpected<Failure> fail(Failure::Kind kind, std::string detail) {
  return std::unexpected(Failure{kind, std::move(detail)});
}

}  // namespace truerelay::io
