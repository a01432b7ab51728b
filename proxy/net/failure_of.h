#pragma once

#include <string>

#include "io/failure.h"

namespace truerelay::net {

// What libuv calls an error, in the words of io::Failure and of people.

// Of a connection that was in use: it broke (ECONNRESET, EPIPE and their kin).
[[nodiscard]] io::Failure broken_connection(int error);

// "connection refused"
[[nodiscard]] std::string error_text(int error);

}  // namespace truerelay::net
