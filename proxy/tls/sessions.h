#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include "tls/boringssl_compat.h"

namespace truerelay::tls {

// The newest few sessions of a client, in memory, so that the next connection to the same host can
// take one up and spare a round trip or the certificate (RFC 8446 section 2.2).
//
// A session belongs to the host that it was verified for. One of TLS 1.3 is used once (RFC 8446
// section C.4); one of TLS 1.2 may be used again.
class Sessions {
 public:
  static constexpr std::size_t kMost = 4;

  void keep(std::string_view host, bssl::UniquePtr<SSL_SESSION> session);

  // Null when there is none. One whose certificate has expired meanwhile is not taken up: a resumed
  // handshake would not notice.
  [[nodiscard]] bssl::UniquePtr<SSL_SESSION> take(std::string_view host);

 private:
  struct Kept {
    std::string host;
    bssl::UniquePtr<SSL_SESSION> session;
  };
  std::deque<Kept> kept_;  // The newest first.
};

}  // namespace truerelay::tls
