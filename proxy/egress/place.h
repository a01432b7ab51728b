#pragma once

#include <string>

#include "io/dialer.h"

namespace truerelay::egress {

// "smtp.example.com:587", "[2001:db8::1]:587"
[[nodiscard]] std::string place(const io::Endpoint& endpoint);

}  // namespace truerelay::egress
