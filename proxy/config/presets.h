#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "config/config.h"

namespace truerelay::config {

// What is known of a well-known upstream, so that a person need not look it up. Every value can be
// overridden in the upstream's file.
struct Preset {
  std::string_view name;
  std::string_view host;     // Empty: it depends on the customer and must be given,
  std::string_view example;  // in this form.
  std::uint16_t port = 587;
  Tls tls = Tls::starttls;
  unsigned max_connections = 0;  // Of one login. 0: nothing is known, the usual number;
  unsigned rate_per_minute = 0;  // no limit.
};

[[nodiscard]] std::span<const Preset> presets();
[[nodiscard]] const Preset* find_preset(std::string_view name);

}  // namespace truerelay::config
