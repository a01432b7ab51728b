#pragma once

#include <filesystem>

namespace truerelay::platform {

// Where things are unless the administrator says otherwise.

// /etc/truerelay/truerelay.toml, or %ProgramData%\truerelay\truerelay.toml on Windows.
[[nodiscard]] std::filesystem::path default_config_file();

// The system's bundle of trusted certificate authorities, PEM: the first of the well-known places
// (Debian, Red Hat, SUSE, Alpine and the BSDs) that is there. Empty: none.
[[nodiscard]] std::filesystem::path system_trust_file();

}  // namespace truerelay::platform
