#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace truerelay::vault {

// What an entry of the vault is. The numbers stand in the file.
enum class Kind : std::uint8_t {
  password = 1,
  client_secret = 2,
  refresh_token = 3,
  private_key = 4,
  certificate = 5,
  user_hash = 6,  // Of a local user's password, not the password.
};

// As a person writes them: "client_secret".
[[nodiscard]] std::string_view text_of(Kind kind);
[[nodiscard]] std::optional<Kind> kind_of(std::string_view text);

// The entry that holds a local user's hash. No secret has such a name, and the other way round.
[[nodiscard]] std::string entry_of_user(std::string_view user);
// "erp" of "user:erp", or nullopt where the entry is not a user's.
[[nodiscard]] std::optional<std::string_view> user_of_entry(std::string_view entry);

}  // namespace truerelay::vault
