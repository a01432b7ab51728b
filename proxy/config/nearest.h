#pragma once

#include <span>
#include <string>
#include <string_view>

namespace truerelay::config {

// The one of `known` that `word` was probably meant to be, or "" where none is near: a third of its
// letters, at least one, may be wrong, missing, too many or in the wrong order; failing that, its
// end may be missing ("password" for "password_file").
[[nodiscard]] std::string_view nearest(std::string_view word,
                                       std::span<const std::string_view> known);

// "; did you mean 'address'?", or "" where none is near.
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       std::span<const std::string_view> known);

}  // namespace truerelay::config
