#pragma once

#include <string_view>

#include "oauth/client_proof.h"

namespace truerelay::app {

// Signers with BoringSSL; `algorithm` is "RS256" or "PS256".
[[nodiscard]] oauth::MakeSigner signers(std::string_view algorithm);

}  // namespace truerelay::app
