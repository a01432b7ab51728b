#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "io/dialer.h"
#include "io/task.h"
#include "smtp_client.h"

namespace truerelay::bench {

// One run of load: so many clients, so many messages in all, and what came of them.
struct Course {
  Letter letter;
  std::uint16_t port = 0;
  std::size_t clients = 1;
  std::size_t messages = 1;
  std::size_t per_connection = 1;  // Messages of a client's connection; then a new one.

  // From here on what the run finds out.
  std::size_t begun = 0;
  std::size_t accepted = 0;
  std::map<std::string, std::size_t> others;  // What was heard instead of a final 250.
  // Of each accepted message, in the order of their ends: from connecting (the first of its
  // connection) or from MAIL (the others) to the final reply.
  std::vector<std::chrono::nanoseconds> latencies;
  std::chrono::steady_clock::time_point first_began;
  std::chrono::steady_clock::time_point last_ended;
};

// One of the clients: sends until no message of the course is left.
[[nodiscard]] io::Task<void> take_part(Course& course, io::Clock& clock, io::Dialer& dialer);

// The course's result as a JSON object; `each`: with every latency.
[[nodiscard]] std::string result_of(const Course& course, bool each);

}  // namespace truerelay::bench
