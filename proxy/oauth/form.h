#pragma once

#include <string>
#include <vector>

#include "base/redacted.h"

namespace truerelay::oauth {

// One field of a request to a provider, as application/x-www-form-urlencoded carries it (RFC 6749
// appendix B). Some are secrets, so none can be printed by accident.
struct Field {
  std::string name;
  Redacted value;
  bool secret = false;  // The provider's words are not repeated where they hold it.
};

using Form = std::vector<Field>;

}  // namespace truerelay::oauth
