#pragma once

#include "digest/key.h"

namespace truerelay::app {

// A new key for digests, from the system's cryptographic generator. It lives as long as the process
// and is written nowhere.
[[nodiscard]] digest::Key draw_key();

}  // namespace truerelay::app
