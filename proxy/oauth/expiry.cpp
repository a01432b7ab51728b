#include "oauth/expiry.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "io/sleep.h"

namespace truerelay::oauth {
namespace {

using Days = std::chrono::duration<long long, std::ratio<86400>>;

constexpr io::Duration kLookAgain = std::chrono::hours(1);
constexpr std::array<int, 4> kStages = {30, 7, 1, 0};  // Days that are left.

// The last of the stages that was reached, or -1. Of days, each that has begun counts.
int stage_of(const Expiry& expiry, io::WallTime now) {
  const auto left = expiry.at - now;
  int reached = -1;
  for (const int stage : kStages) {
    if (left <= Days(stage)) {
      reached = stage;
    }
  }
  return reached;
}

std::string date(io::WallTime time) {
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(
      std::chrono::time_point_cast<std::chrono::seconds>(time))};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

}  // namespace

std::optional<std::string> expiry_warning(const Expiry& expiry, io::WallTime now) {
  const int stage = stage_of(expiry, now);
  if (stage < 0) {
    return std::nullopt;
  }
  std::string text = expiry.what;
  text.front() = ascii_upper(text.front());
  if (stage == 0) {
    text += fmt::format(" has expired on {}", date(expiry.at));
  } else {
    const long long days = std::chrono::ceil<Days>(expiry.at - now).count();
    text +=
        fmt::format(" expires in {} {}, on {}", days, days == 1 ? "day" : "days", date(expiry.at));
  }
  return fmt::format("{}. {}", text, expiry.remedy);
}

io::Task<void> ExpiryWatch::run(io::Cancellation& cancellation) {
  while (!cancellation.requested()) {
    const std::vector<Expiry> list = co_await list_();
    const io::WallTime now = clock_.wall_now();
    for (const Expiry& expiry : list) {
      const int stage = stage_of(expiry, now);
      if (stage >= 0 && is_news(expiry, stage)) {
        tell_(*expiry_warning(expiry, now));
      }
    }
    co_await io::Sleep(clock_, executor_, clock_.now() + kLookAgain, cancellation);
  }
}

bool ExpiryWatch::is_news(const Expiry& expiry, int stage) {
  const auto told = std::ranges::find(told_, expiry.what, &Told::what);
  if (told == told_.end()) {
    told_.push_back({expiry.what, expiry.at, stage});
    return true;
  }
  const bool news = told->at != expiry.at || stage < told->stage;
  *told = {expiry.what, expiry.at, stage};
  return news;
}

}  // namespace truerelay::oauth
