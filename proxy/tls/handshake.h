#pragma once

#include <memory>

#include "io/tls.h"
#include "tls/boringssl_compat.h"
#include "tls/peer_check.h"

namespace truerelay::tls {

// The TLS handshake of either side over `lower`, whose deadline is set.
//
// `ssl` knows its side and what it demands; `attempt` says with whom this is, and becomes what
// SSL_get_app_data() points at. A failure of TLS is tls_refused, and `lower` is closed then, after
// the alert that tells the peer has gone; one of `lower` keeps its kind.
[[nodiscard]] io::Task<io::Result<io::SecuredStream>> handshake(std::unique_ptr<io::Stream> lower,
                                                                bssl::UniquePtr<SSL> ssl,
                                                                std::unique_ptr<Attempt> attempt);

}  // namespace truerelay::tls
