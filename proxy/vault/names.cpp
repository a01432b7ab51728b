#include "vault/names.h"

#include <algorithm>

namespace truerelay::vault {
namespace {

constexpr auto kKinds =
    std::to_array<std::pair<Kind, std::string_view>>({{Kind::password, "password"},
                                                      {Kind::client_secret, "client_secret"},
                                                      {Kind::refresh_token, "refresh_token"},
                                                      {Kind::private_key, "private_key"},
                                                      {Kind::certificate, "certificate"},
                                                      {Kind::user_hash, "user_hash"}});

constexpr std::string_view kUser = "user:";

}  // namespace

std::string_view text_of(Kind kind) {
  const auto* const found =
      std::ranges::find(kKinds, kind, [](const auto& row) { return row.first; });
  return found != kKinds.end() ? found->second : "unknown";
}

std::optional<Kind> kind_of(std::string_view text) {
  const auto* const found =
      std::ranges::find(kKinds, text, [](const auto& row) { return row.second; });
  return found != kKinds.end() ? std::optional(found->first) : std::nullopt;
}

std::string entry_of_user(std::string_view user) { return std::string(kUser).append(user); }

std::optional<std::string_view> user_of_entry(std::string_view entry) {
  return entry.starts_with(kUser) ? std::optional(entry.substr(kUser.size())) : std::nullopt;
}

}  // namespace truerelay::vault
