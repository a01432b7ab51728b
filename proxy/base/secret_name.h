#pragma once

#include <string_view>

namespace truerelay {

// Whether `name` may be that of a secret in the vault, or of a local user: 1 to 128 ASCII letters,
// digits and - _ . @ +
[[nodiscard]] bool is_secret_name(std::string_view name);

// The same for people, after "must be of".
inline constexpr std::string_view kSecretNameRule =
    "letters, digits, - _ . @ and +, at most 128 of them";

}  // namespace truerelay
