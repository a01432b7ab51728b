#pragma once

#include <string>
#include <string_view>

#include "io/clock.h"

namespace truerelay::relay {

// Is told of each step towards an upstream that has succeeded, in order, and what it showed: for
// the log, and for `truerelay probe`.
class Steps {
 public:
  virtual ~Steps() = default;
  // `step`: "connect", "TLS", "greeting", "EHLO", "AUTH". `found` holds no secret.
  virtual void step(std::string_view step, io::Duration took, const std::string& found) = 0;
};

}  // namespace truerelay::relay
