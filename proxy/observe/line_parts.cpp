#include "observe/line_parts.h"

#include <fmt/compile.h>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cstdint>

namespace truerelay::observe {

std::size_t listed_recipients(const MessageRecord& record) {
  std::size_t bytes = 0;
  std::size_t listed = 0;
  for (const RecipientRecord& recipient : record.recipients) {
    bytes += std::min(recipient.address.size(), kLongestField) +
             std::min(recipient.reply.size(), kLongestField);
    if (listed == kMostRecipients || bytes > kMostRecipientBytes) {
      break;
    }
    ++listed;
  }
  return listed;
}

std::string timestamp(io::WallTime at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::milliseconds>(at - day));
  return fmt::format(FMT_COMPILE("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z"),
                     static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count(), time.subseconds().count());
}

std::int64_t tenths_of_milliseconds(io::Duration duration) {
  assert(duration.count() >= 0);
  return (duration.count() + 50) / 100;
}

double milliseconds(io::Duration duration) {
  return static_cast<double>(tenths_of_milliseconds(duration)) / 10.0;
}

}  // namespace truerelay::observe
