#include "tests/simulation/sweep/relay_book.h"

#include <algorithm>

namespace truerelay::simulation {

std::vector<observe::MessageRecord> RelayBook::find(const std::string& sender) const {
  std::vector<observe::MessageRecord> found;
  for (const Closed& each : messages_) {
    if (each.record.sender == sender) {
      found.push_back(each.record);
    }
  }
  return found;
}

bool RelayBook::closed_about(const std::string& sender, io::Time time) const {
  // What is under way on a link takes less.
  constexpr io::Duration kCrossing = std::chrono::milliseconds(300);
  return std::ranges::any_of(messages_, [&](const Closed& each) {
    return each.record.sender == sender && each.at > time - kCrossing && each.at < time + kCrossing;
  });
}

}  // namespace truerelay::simulation
