#include <system_error>

#include "platform/default_paths.h"

namespace truerelay::platform {

std::filesystem::path default_config_file() { return "/etc/truerelay/truerelay.toml"; }

std::filesystem::path system_trust_file() {
  for (const char* place :
       {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"}) {
    std::error_code unreadable;
    if (std::filesystem::is_regular_file(place, unreadable)) {
      return place;
    }
  }
  return {};
}

}  // namespace truerelay::platform
