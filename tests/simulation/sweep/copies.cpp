#include "tests/simulation/sweep/copies.h"

#include <algorithm>

namespace truerelay::simulation {
namespace {

// A letter from when it was first sent until its client knows what became of it, however often it
// came meanwhile: one message, if the relay remembers.
struct Round {
  bool told_accepted = false;   // At least once.
  std::size_t in_the_dark = 0;  // The client left, or lost the connection.
  // The client heard the acceptance or not, and the relay cannot know which: the next one may be
  // taken for the same message, or for another copy.
  std::size_t unsure = 0;

  void close(Copies& copies, bool remembers) {
    copies.least += told_accepted ? 1 : 0;
    const bool one = told_accepted || in_the_dark > 0;
    copies.most += remembers ? (one ? 1 : 0) : in_the_dark + (told_accepted ? 1 : 0);
    copies.most += unsure;
    *this = {};
  }
};

}  // namespace

Copies copies_to_expect(const std::vector<const Told*>& told, std::size_t doubts, bool remembers) {
  Copies copies;
  Round round;
  for (const Told* each : told) {
    if (!each->final_reply) {
      ++round.in_the_dark;
      round.unsure += each->may_have_heard ? 1 : 0;
      continue;
    }
    if (!each->final_reply->completion()) {
      continue;  // Refused, or in doubt, which `doubts` counts.
    }
    round.unsure += round.told_accepted ? 1 : 0;
    round.told_accepted = true;
    if (each->concluded) {
      round.close(copies, remembers);
    }
  }
  round.close(copies, remembers);
  copies.most = std::min(copies.most + doubts, told.size());
  return copies;
}

std::size_t overtaken(const std::vector<const Told*>& told, const std::vector<HandedOn>& ends) {
  const bool left_once =
      std::ranges::any_of(told, [](const Told* each) { return !each->final_reply; });
  if (!left_once || !told.back()->final_reply) {
    return 0;
  }
  return static_cast<std::size_t>(std::ranges::count_if(
      ends, [&](const HandedOn& end) { return end.whole && end.at > told.back()->gone_at; }));
}

std::set<std::string> told_accepted(const Told& told) {
  std::set<std::string> accepted;
  for (const auto& [recipient, reply] : told.recipients) {
    if (reply.completion()) {
      accepted.insert(recipient);
    }
  }
  return accepted;
}

std::set<std::string> recipients_of(const Accepted& message) {
  return {message.recipients.begin(), message.recipients.end()};
}

}  // namespace truerelay::simulation
