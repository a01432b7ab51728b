#include "cli/dates.h"

#include <fmt/core.h>

#include "base/ascii.h"

namespace truerelay::cli {
namespace {

using std::chrono::days;

std::optional<int> number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) {
    if (!ascii_digit(c)) {
      return std::nullopt;
    }
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

std::optional<std::chrono::sys_seconds> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
    return std::nullopt;
  }
  const std::optional<int> year = number(text.substr(0, 4));
  const std::optional<int> month = number(text.substr(5, 2));
  const std::optional<int> day = number(text.substr(8, 2));
  if (!year || !month || !day) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date(std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  return date.ok() ? std::optional<std::chrono::sys_seconds>(std::chrono::sys_days(date))
                   : std::nullopt;
}

std::string date_text(std::chrono::sys_seconds time) {
  const std::chrono::year_month_day date(std::chrono::floor<days>(time));
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::string age_text(std::chrono::sys_seconds then, std::chrono::sys_seconds now) {
  const auto age = (std::chrono::floor<days>(now) - std::chrono::floor<days>(then)).count();
  return age <= 0 ? "today" : age == 1 ? "yesterday" : fmt::format("{} days ago", age);
}

std::string expiry_text(std::chrono::sys_seconds expires, std::chrono::sys_seconds now) {
  if (expires <= now) {
    return date_text(expires) + ", expired";
  }
  const auto left = (std::chrono::floor<days>(expires) - std::chrono::floor<days>(now)).count();
  return fmt::format("{}, in {} day{}", date_text(expires), left, left == 1 ? "" : "s");
}

}  // namespace truerelay::cli
