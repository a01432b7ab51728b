#pragma once

#include <string>

namespace truerelay::platform {

// The name with which this machine introduces itself in EHLO (RFC 5321 section 4.1.1.1): fully
// qualified, from the system's own name or the hosts file, without asking a name server.
// "localhost.localdomain" where the machine does not know such a name; helo_name in the
// configuration is the remedy.
[[nodiscard]] std::string host_name();

}  // namespace truerelay::platform
