#include "tests/simulation/sweep/link_plan.h"

#include <algorithm>
#include <cstddef>

namespace truerelay::simulation {
namespace {

Event event_of(Fault::Kind kind) {
  switch (kind) {
    case Fault::Kind::reset:
      return Event::link_reset;
    case Fault::Kind::end:
      return Event::link_half_close;
    case Fault::Kind::hang_up:
      return Event::link_hang_up;
    case Fault::Kind::stall:
      return Event::link_stall;
    case Fault::Kind::freeze:
      return Event::link_freeze;
    case Fault::Kind::insert:
    case Fault::Kind::flip:
      break;
  }
  return Event::link_corrupted;
}

bool by_single_octets(const Conditions::Way& way) {
  return way.window == 1 || way.largest_piece == 1;
}

}  // namespace

Attempt LinkPlan::to_upstream(const std::string& host, bool secured, Random& random) {
  Attempt::Odds odds;
  odds.faulty = faulty_;
  odds.faults.bytes_to_server = octets_;
  odds.faults.corruption = secured;
  Attempt attempt = Attempt::draw(random, odds);
  if (outages_.covers(host, world_.now())) {
    attempt.answer = Attempt::Answer::refused;
    census_.count(Event::host_in_outage);
  }
  count(attempt);
  return attempt;
}

Attempt LinkPlan::of_client(Random& random) {
  Attempt::Odds odds;
  odds.unknown_name = odds.refused = odds.silence = 0;
  odds.faulty = 0.15;
  Attempt attempt = Attempt::draw(random, odds);
  // There is room for a last word to a client that writes and does not read, as with any TCP.
  constexpr std::size_t kRoom = 4096;
  Conditions::Way& way = attempt.conditions.to_client;
  way.window = std::max(way.window, kRoom);
  census_.count(Event::client_link_faulty, attempt.faults.list.empty() ? 0 : 1);
  return attempt;
}

void LinkPlan::count(const Attempt& attempt) {
  switch (attempt.answer) {
    case Attempt::Answer::unknown_name:
      census_.count(Event::name_unknown);
      return;
    case Attempt::Answer::refused:
      census_.count(Event::connection_refused);
      return;
    case Attempt::Answer::silence:
      census_.count(Event::name_silent);
      return;
    case Attempt::Answer::connects:
      break;
  }
  for (const Fault& fault : attempt.faults.list) {
    census_.count(event_of(fault.kind));
  }
  if (by_single_octets(attempt.conditions.to_server) ||
      by_single_octets(attempt.conditions.to_client)) {
    census_.count(Event::link_byte_by_byte);
  }
}

}  // namespace truerelay::simulation
