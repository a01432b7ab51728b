#include "http/retry_after.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/ascii.h"

namespace truerelay::http {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct Date {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

// Takes a date apart from its front; once something does not fit, nothing fits any more.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool done() const { return good_ && rest_.empty(); }
  [[nodiscard]] bool good() const { return good_; }

  void expect(std::string_view literal) {
    good_ = good_ && rest_.starts_with(literal);
    rest_.remove_prefix(good_ ? literal.size() : 0);
  }
  // Just so many digits; `padded`: a blank may stand for the first of two.
  int number(std::size_t digits, bool padded = false) {
    if (padded && rest_.starts_with(' ')) {
      expect(" ");
      --digits;
    }
    int value = 0;
    good_ = good_ && rest_.size() >= digits &&
            std::ranges::all_of(rest_.substr(0, digits), ascii_digit);
    if (good_) {
      std::from_chars(rest_.data(), rest_.data() + digits, value);
      rest_.remove_prefix(digits);
    }
    return value;
  }
  unsigned month() {
    const auto found = std::ranges::find(kMonths, rest_.substr(0, 3));
    good_ = good_ && found != kMonths.end();
    rest_.remove_prefix(good_ ? 3 : 0);
    return good_ ? static_cast<unsigned>(found - kMonths.begin()) + 1 : 0;
  }
  // "Sun" or "Sunday", whichever day it is.
  void day_name() {
    const auto end = std::ranges::find_if_not(rest_, ascii_alpha);
    const auto length = static_cast<std::size_t>(end - rest_.begin());
    good_ = good_ && length >= 3 && length <= 9;
    rest_.remove_prefix(good_ ? length : 0);
  }
  void time(Date& date) {
    date.hour = number(2);
    expect(":");
    date.minute = number(2);
    expect(":");
    date.second = number(2);
  }

 private:
  std::string_view rest_;
  bool good_ = true;
};

// "Sun, 06 Nov 1994 08:49:37 GMT"
std::optional<Date> parse_usual(std::string_view text) {
  Scanner scanner(text);
  Date date;
  scanner.day_name();
  scanner.expect(", ");
  date.day = static_cast<unsigned>(scanner.number(2));
  scanner.expect(" ");
  date.month = scanner.month();
  scanner.expect(" ");
  date.year = scanner.number(4);
  scanner.expect(" ");
  scanner.time(date);
  scanner.expect(" GMT");
  return scanner.done() ? std::optional(date) : std::nullopt;
}

// "Sunday, 06-Nov-94 08:49:37 GMT"; a year that seems more than 50 years ahead is past.
std::optional<Date> parse_rfc850(std::string_view text, io::WallTime now) {
  Scanner scanner(text);
  Date date;
  scanner.day_name();
  scanner.expect(", ");
  date.day = static_cast<unsigned>(scanner.number(2));
  scanner.expect("-");
  date.month = scanner.month();
  scanner.expect("-");
  const int in_century = scanner.number(2);
  scanner.expect(" ");
  scanner.time(date);
  scanner.expect(" GMT");
  const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(now));
  const int this_year = static_cast<int>(today.year());
  date.year = this_year / 100 * 100 + in_century;
  date.year -= date.year > this_year + 50 ? 100 : 0;
  return scanner.done() ? std::optional(date) : std::nullopt;
}

// "Sun Nov  6 08:49:37 1994"
std::optional<Date> parse_asctime(std::string_view text) {
  Scanner scanner(text);
  Date date;
  scanner.day_name();
  scanner.expect(" ");
  date.month = scanner.month();
  scanner.expect(" ");
  date.day = static_cast<unsigned>(scanner.number(2, true));
  scanner.expect(" ");
  scanner.time(date);
  scanner.expect(" ");
  date.year = scanner.number(4);
  return scanner.done() ? std::optional(date) : std::nullopt;
}

std::optional<io::WallTime> moment_of(const Date& date) {
  const std::chrono::year_month_day day(std::chrono::year(date.year),
                                        std::chrono::month(date.month), std::chrono::day(date.day));
  if (!day.ok() || date.hour > 23 || date.minute > 59 || date.second > 60) {
    return std::nullopt;
  }
  return std::chrono::sys_days(day) + std::chrono::hours(date.hour) +
         std::chrono::minutes(date.minute) + std::chrono::seconds(date.second);
}

}  // namespace

std::optional<io::Duration> parse_retry_after(std::string_view value, io::WallTime now) {
  if (!value.empty() && std::ranges::all_of(value, ascii_digit)) {
    std::uint32_t seconds = 0;
    const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    return failure == std::errc::result_out_of_range
               ? kLongestRetryAfter
               : std::min<io::Duration>(std::chrono::seconds(seconds), kLongestRetryAfter);
  }
  std::optional<Date> date = parse_usual(value);
  date = date ? date : parse_rfc850(value, now);
  date = date ? date : parse_asctime(value);
  const std::optional<io::WallTime> moment = date ? moment_of(*date) : std::nullopt;
  return moment ? std::optional(std::clamp(*moment - now, io::Duration(0), kLongestRetryAfter))
                : std::nullopt;
}

}  // namespace truerelay::http
