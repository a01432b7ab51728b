#include "course.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

namespace truerelay::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

bool one_more(Course& course) {
  if (course.begun == course.messages) {
    return false;
  }
  ++course.begun;
  return true;
}

void ended(Course& course, const SmtpClient& client, bool accepted, SteadyClock::time_point began) {
  course.last_ended = SteadyClock::now();
  if (accepted) {
    ++course.accepted;
    course.latencies.push_back(course.last_ended - began);
  } else {
    ++course.others[client.reply()];
  }
}

std::int64_t microseconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

// A JSON string; what would need an escape is left out.
std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= ' ' && c != '"' && c != '\\') {
      result += c;
    }
  }
  return result + '"';
}

}  // namespace

io::Task<void> take_part(Course& course, io::Clock& clock, io::Dialer& dialer) {
  while (one_more(course)) {
    SmtpClient client(clock, course.letter);
    SteadyClock::time_point began = SteadyClock::now();
    const bool opened = co_await client.open(dialer, course.port);
    if (!opened) {
      ended(course, client, false, began);
      continue;
    }
    std::size_t sent = 0;
    while (true) {
      const bool accepted = co_await client.send();
      ended(course, client, accepted, began);
      if (!accepted) {
        break;
      }
      ++sent;
      if (sent == course.per_connection || !one_more(course)) {
        [[maybe_unused]] const bool said = co_await client.quit();
        break;
      }
      began = SteadyClock::now();
    }
  }
}

std::string result_of(const Course& course, bool each) {
  std::vector<std::chrono::nanoseconds> sorted = course.latencies;
  std::sort(sorted.begin(), sorted.end());
  const auto percentile = [&sorted](std::size_t percent) {
    return sorted.empty() ? 0 : microseconds(sorted[(sorted.size() - 1) * percent / 100]);
  };
  const double seconds =
      std::chrono::duration<double>(course.last_ended - course.first_began).count();
  std::vector<std::string> others;
  for (const auto& [reply, count] : course.others) {
    others.push_back(fmt::format("{}: {}", quoted(reply), count));
  }
  std::vector<std::int64_t> all;
  if (each) {
    for (const std::chrono::nanoseconds latency : course.latencies) {
      all.push_back(microseconds(latency));
    }
  }
  return fmt::format(
      R"({{"accepted": {}, "others": {{{}}}, "seconds": {:.6f}, "messages_per_second": {:.2f}, )"
      R"("p50_us": {}, "p90_us": {}, "p99_us": {}, "max_us": {}, "each_us": [{}]}})",
      course.accepted, fmt::join(others, ", "), seconds,
      static_cast<double>(course.accepted) / std::max(seconds, 1e-9), percentile(50),
      percentile(90), percentile(99), percentile(100), fmt::join(all, ", "));
}

}  // namespace truerelay::bench
