#pragma once

#include <string>
#include <string_view>

#include "tls/boringssl_compat.h"

namespace truerelay::tls {

// What went wrong in TLS itself (not with a certificate), in words for an administrator.

// After a failed call of SSL_do_handshake(); empties the error queue. `first_bytes` are the first
// that the peer sent: they tell when it does not speak TLS at all.
[[nodiscard]] std::string describe_failed_handshake(const SSL& ssl, std::string_view first_bytes);

// The peer closed the connection before the handshake was done.
[[nodiscard]] std::string describe_ended_handshake(std::string_view first_bytes);

// After a failed SSL_read() or SSL_write(); empties the error queue.
[[nodiscard]] std::string describe_broken_connection();

}  // namespace truerelay::tls
