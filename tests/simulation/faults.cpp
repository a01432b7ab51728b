#include "tests/simulation/faults.h"

#include <fmt/core.h>

#include "tests/simulation/world.h"

namespace truerelay::simulation {
namespace {

Fault::Kind draw_kind(Random& random, bool corruption) {
  using enum Fault::Kind;
  switch (random.between(0, corruption ? 11 : 8)) {
    case 0:
    case 1:
    case 2:
      return reset;
    case 3:
      return end;
    case 4:
    case 5:
      return hang_up;
    case 6:
    case 7:
      return stall;
    case 8:
      return freeze;
    case 9:
      return insert;
    default:
      return flip;
  }
}

// From a millisecond to most of an hour: below, around and above the time limits of SMTP.
io::Duration draw_wait(Random& random) {
  return io::Duration{static_cast<io::Duration::rep>(random.scaled_between(1'000, 3'000'000'000))};
}

Fault draw_fault(Random& random, const Faults::Draw& limits) {
  Fault fault;
  fault.kind = draw_kind(random, limits.corruption);
  fault.direction = random.chance(0.5) ? Direction::to_server : Direction::to_client;
  const std::uint64_t last =
      fault.direction == Direction::to_server ? limits.bytes_to_server : limits.bytes_to_client;
  fault.at = random.chance(0.7) ? random.between(0, last) : random.scaled_between(1, last + 1) - 1;
  switch (fault.kind) {
    case Fault::Kind::stall:
    case Fault::Kind::freeze:
      fault.lasts = random.chance(0.4) ? kForEver : draw_wait(random);
      break;
    case Fault::Kind::insert:
    case Fault::Kind::flip:
      fault.value = static_cast<std::uint8_t>(random.between(1, 255));
      break;
    default:
      fault.after = random.chance(0.7) ? io::Duration{0} : draw_wait(random);
      break;
  }
  return fault;
}

std::string what(const Fault& fault) {
  const std::string time = fault.lasts == kForEver ? "for ever" : "for " + text_of(fault.lasts);
  switch (fault.kind) {
    case Fault::Kind::reset:
      return "reset";
    case Fault::Kind::end:
      return "end of stream";
    case Fault::Kind::hang_up:
      return "end of stream both ways";
    case Fault::Kind::stall:
      return "stall " + time;
    case Fault::Kind::freeze:
      return "freeze " + time;
    case Fault::Kind::insert:
      return fmt::format("insert \\x{:02X}", fault.value);
    case Fault::Kind::flip:
      return fmt::format("flip bits {:02X}", fault.value);
  }
  return {};
}

}  // namespace

std::string Fault::describe() const {
  std::string text =
      fmt::format("{} at byte {} {}", what(*this), at, simulation::describe(direction));
  if (after > io::Duration{0}) {
    text += " after " + text_of(after);
  }
  return text;
}

Faults Faults::draw(Random& random, const Draw& limits) {
  Faults faults;
  do {
    faults.list.push_back(draw_fault(random, limits));
  } while (faults.list.size() < 3 && random.chance(0.2));
  return faults;
}

std::string Faults::describe() const {
  std::string text;
  for (const Fault& fault : list) {
    text += text.empty() ? "" : ", ";
    text += fault.describe();
  }
  return text.empty() ? "no faults" : text;
}

}  // namespace truerelay::simulation
