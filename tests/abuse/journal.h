#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "io/clock.h"
#include "observe/events.h"
#include "tests/simulation/sweep/books.h"
#include "tests/simulation/sweep/letter.h"

namespace truerelay::abuse {

// The books of a run on real sockets, as files of JSON lines, and as what the oracle reads. All
// times are seconds of the monotonic clock, which every process of a machine shares. What may hold
// any octet stands in base64.

// What a client was told, one line a letter:
//   {"letter": {sender recipients content copies}, "told": [{sender recipients final ...}]}
// where a reply is {"code": 250, "lines": [...]} or null.
[[nodiscard]] std::string line_of(const simulation::Letter& letter,
                                  const std::vector<const simulation::Told*>& told);
struct Heard {
  simulation::Letter letter;
  std::vector<simulation::Told> told;  // Each of this letter, wherever it lies.
};
[[nodiscard]] std::deque<Heard> read_heard(const std::string& file);

// What the upstream did, by sender:
//   {"event": "recipient", sender recipient reply}      an answer to RCPT
//   {"event": "refused", sender reply}                  an answer to the end of the data
//   {"event": "accepted", sender user recipients content reply}
[[nodiscard]] std::map<std::string, simulation::Done> read_upstream(const std::string& file);

// What the relay wrote down, its own JSON log.
struct Logged {
  struct Record {
    observe::MessageRecord message;
    io::WallTime at;
  };
  std::map<std::string, std::vector<Record>> records;  // By sender.
  std::uint64_t lost = 0;                              // Lines that it says it could not write.
  std::uint64_t broken = 0;  // Lines that are no JSON: the disk took a part of them.
};
[[nodiscard]] Logged read_log(const std::string& file);

// What was done to the relay: when each of its processes began (their times), and how far the wall
// clock is ahead of the monotonic one. Within a process whose wall clock was stepped, the times in
// its log mean nothing.
//   {"event": "relay", "began": 1.5, "stepped": false}  {"event": "clock", "wall_ahead": 1.7e9}
struct Deeds {
  struct Process {
    double began = 0;
    bool stepped = false;
  };
  std::vector<Process> processes;  // In order.
  double wall_ahead = 0;

  // The one that lived at that time.
  [[nodiscard]] std::size_t process_at(io::Time time) const;
};
[[nodiscard]] Deeds read_deeds(const std::string& file);

// All of these throw std::runtime_error where a file is missing or a line is not what it must be.

}  // namespace truerelay::abuse
