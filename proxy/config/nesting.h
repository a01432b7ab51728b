#pragma once

#include <optional>
#include <string_view>

#include "config/document.h"

namespace truerelay::config {

// How deep lists, tables and dotted names may stand in one another. The configuration needs four;
// toml11 reads them by calling itself, and text that is deep enough would use up the stack.
inline constexpr unsigned kDeepest = 50;

// Where `text`, which should be TOML, is deeper than that; nullopt where it is not. What stands in
// strings and comments does not count.
[[nodiscard]] std::optional<Position> too_deep(std::string_view text);

}  // namespace truerelay::config
