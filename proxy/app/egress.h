#pragma once

#include <memory>
#include <string>

#include "config/config.h"
#include "egress/proxy.h"
#include "io/dialer.h"

namespace truerelay::app {

// The proxy that an upstream's "via" names.
[[nodiscard]] egress::Proxy proxy_of(const config::Via& via);

// The dialer through it; null where there is none. `direct` outlives it. The password file is read
// at each connection, so that a changed password needs no restart.
[[nodiscard]] std::unique_ptr<io::Dialer> dialer_via_proxy(const config::Upstream& upstream,
                                                           io::Dialer& direct);

}  // namespace truerelay::app
