#pragma once

#include <string>

#include "tls/boringssl_compat.h"

namespace truerelay::tls {

// The pin (see spki_pin.h) of one certificate; empty if its key cannot be encoded.
[[nodiscard]] std::string pin_of(const X509& certificate);

}  // namespace truerelay::tls
