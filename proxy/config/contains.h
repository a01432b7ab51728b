#pragma once

#include <algorithm>
#include <functional>
#include <ranges>

namespace truerelay::config {

// std::ranges::contains, which libstdc++ 12 does not have.
template <std::ranges::input_range Range, class Value, class Projection = std::identity>
[[nodiscard]] bool contains(Range&& range, const Value& value, Projection projection = {}) {
  return std::ranges::find(range, value, projection) != std::ranges::end(range);
}

}  // namespace truerelay::config
