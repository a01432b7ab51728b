#include "platform/protected_key.h"

namespace truerelay::platform {

std::expected<Redacted, std::string> protect_key(std::string_view key) {
  return Redacted(std::string(key));
}

std::expected<Redacted, std::string> unprotect_key(std::string_view stored) {
  return Redacted(std::string(stored));
}

}  // namespace truerelay::platform
