#include "observe/line_parts.h"

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
  std::string text = "0000-00-00T00:00:00.000Z";
  const auto put_before = [&text](std::size_t end, std::int64_t number) {
    for (; number > 0 && end > 0; number /= 10) {
      text[--end] = static_cast<char>('0' + number % 10);
    }
  };
  put_before(4, static_cast<int>(date.year()));
  put_before(7, static_cast<unsigned>(date.month()));
  put_before(10, static_cast<unsigned>(date.day()));
  put_before(13, time.hours().count());
  put_before(16, time.minutes().count());
  put_before(19, time.seconds().count());
  put_before(23, time.subseconds().count());
  return text;
}

std::int64_t tenths_of_milliseconds(io::Duration duration) {
  assert(duration.count() >= 0);
  return (duration.count() + 50) / 100;
}

double milliseconds(io::Duration duration) {
  return static_cast<double>(tenths_of_milliseconds(duration)) / 10.0;
}

}  // namespace truerelay::observe
