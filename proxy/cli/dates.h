#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace truerelay::cli {

// "2026-12-31", its beginning in UTC; nullopt where there is no such day.
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_date(std::string_view text);
[[nodiscard]] std::string date_text(std::chrono::sys_seconds time);

// "today", "yesterday", "3 days ago"
[[nodiscard]] std::string age_text(std::chrono::sys_seconds then, std::chrono::sys_seconds now);
// "2026-12-31, in 35 days", "2026-11-25, expired"
[[nodiscard]] std::string expiry_text(std::chrono::sys_seconds expires,
                                      std::chrono::sys_seconds now);

}  // namespace truerelay::cli
