#pragma once

#include <functional>
#include <string_view>

namespace truerelay::oauth {

enum class Weight { information, warning, error };

// Tells the log about an identity's tokens: a clause about the upstream, never a secret.
using Note = std::function<void(Weight weight, std::string_view text)>;

}  // namespace truerelay::oauth
