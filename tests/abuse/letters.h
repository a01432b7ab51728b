#pragma once

#include <string>
#include <string_view>

#include "tests/simulation/sweep/letter.h"

namespace truerelay::abuse {

// A letter for the upstream of the abuse (far_postfix.py), which knows what becomes of it by the
// local parts of its recipients, "taken", "busy" (450) and "unknown" (550), and by kRefusedContent.
// One in ten is too large for the memory that the relay keeps messages in.
[[nodiscard]] simulation::Letter draw_letter(simulation::Random& random, const std::string& name);

// A header field that makes the upstream refuse the message at its end.
inline constexpr std::string_view kRefusedContent = "X-Fate: refused\r\n";

}  // namespace truerelay::abuse
