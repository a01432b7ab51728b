#include "tests/simulation/pipe.h"

#include <algorithm>

namespace truerelay::simulation {
namespace {

bool changes_bytes(const Fault& fault) {
  return fault.kind == Fault::Kind::insert || fault.kind == Fault::Kind::flip;
}

}  // namespace

Pipe::Pipe(World& world, Owner& owner, Direction direction, const Conditions::Way& way,
           const Faults& faults, Random random)
    : Timer(world),
      world_(world),
      owner_(owner),
      direction_(direction),
      way_(way),
      random_(random) {
  for (const Fault& fault : faults.list) {
    if (fault.direction == direction) {
      std::vector<Fault>& same = changes_bytes(fault) ? changes_ : strikes_;
      same.insert(std::ranges::upper_bound(same, fault.at, {}, &Fault::at), fault);
    }
  }
  schedule();
}

std::size_t Pipe::accept(std::string_view bytes) {
  if (swallows_) {
    owner_.lost(*this, bytes);
    return bytes.size();
  }
  const auto held = static_cast<std::size_t>(accepted_ - taken_);
  const std::size_t room = way_.window - std::min(way_.window, held);
  const std::string_view accepted = bytes.substr(0, room);
  std::string_view rest = accepted;
  while (next_change_ < changes_.size() && changes_[next_change_].at < written_ + rest.size()) {
    const auto before = static_cast<std::size_t>(changes_[next_change_].at - written_);
    put(rest.substr(0, before));
    rest.remove_prefix(before);
    const Fault& fault = changes_[next_change_++];
    if (fault.kind == Fault::Kind::flip) {
      const char flipped = static_cast<char>(static_cast<unsigned char>(rest[0]) ^ fault.value);
      put({&flipped, 1});
      rest.remove_prefix(1);
    } else {
      change(fault);
    }
  }
  put(rest);
  schedule();
  return accepted.size();
}

void Pipe::put(std::string_view bytes) {
  ring_.put(taken_, accepted_, bytes);
  accepted_ += bytes.size();
  written_ += bytes.size();
}

// Inserts a byte. What was to strike later in the writer's counting strikes one byte later now.
void Pipe::change(const Fault& fault) {
  const char inserted = static_cast<char>(fault.value);
  put({&inserted, 1});
  --written_;
  for (std::size_t i = next_strike_; i < strikes_.size(); ++i) {
    if (strikes_[i].at > fault.at) {
      ++strikes_[i].at;
    }
  }
}

void Pipe::finish() {
  if (tail_ == Tail::none) {
    tail_ = Tail::end;
    schedule();
  }
}

void Pipe::cut_by_reset() {
  if (tail_ != Tail::reset) {
    cut(draw_cut(), Tail::reset);
    schedule();
  }
}

void Pipe::cut_by_end() {
  if (tail_ == Tail::none) {
    cut(draw_cut(), Tail::end);
    schedule();
  }
}

std::uint64_t Pipe::draw_cut() {
  if (random_.chance(0.4)) {
    return arrived_;
  }
  return random_.chance(0.6) ? accepted_ : random_.between(arrived_, accepted_);
}

void Pipe::cut(std::uint64_t position, Tail tail) {
  report_lost(position);
  accepted_ = position;
  tail_ = tail;
  tail_arrived_ = false;
  swallows_ = true;
}

void Pipe::report_lost(std::uint64_t from) {
  while (from < accepted_) {
    const std::string_view part = ring_.at(from, static_cast<std::size_t>(accepted_ - from));
    owner_.lost(*this, part);
    from += part.size();
  }
}

std::size_t Pipe::take(Buffer& into, std::size_t at_most) {
  const std::size_t count = std::min(at_most, unread());
  const std::span<char> place = into.writable(count);
  for (std::size_t copied = 0; copied < count;) {
    const std::string_view part = ring_.at(taken_, count - copied);
    std::ranges::copy(part, place.data() + copied);
    copied += part.size();
    taken_ += part.size();
  }
  into.commit(count);
  return count;
}

void Pipe::discard_unread() {
  while (taken_ < arrived_) {
    const std::string_view part = ring_.at(taken_, unread());
    owner_.lost(*this, part);
    taken_ += part.size();
  }
}

void Pipe::hold(io::Duration duration) {
  if (duration == kForEver) {
    dead_ = true;
    disarm();
    return;
  }
  held_until_ = std::max(held_until_, world_.now() + duration);
  if (armed() && due_ < held_until_) {
    due_ = held_until_;
    arm(due_);
  }
}

// Sets the timer for what happens next in this direction, if anything does.
void Pipe::schedule() {
  if (armed() || dead_) {
    return;
  }
  const bool strikes = strikes_here();
  const bool tail_waits = tail_ != Tail::none && !tail_arrived_;
  if (!strikes && arrived_ == accepted_ && !tail_waits) {
    silent_ = true;
    return;
  }
  // Never at once: what one side does in a moment, the other one sees later.
  io::Duration delay{1};
  delay += io::Duration{static_cast<io::Duration::rep>(
      random_.between(0, static_cast<std::uint64_t>(way_.jitter.count())))};
  if (silent_) {
    delay += way_.latency;
    silent_ = false;
  }
  if (strikes) {
    delay += strikes_[next_strike_].after;
  }
  due_ = std::max(world_.now() + delay, held_until_);
  arm(due_);
}

void Pipe::expire() {
  if (strikes_here()) {
    strike();
  } else {
    deliver();
  }
  schedule();
}

void Pipe::deliver() {
  std::uint64_t most = accepted_ - arrived_;
  if (next_strike_ < strikes_.size()) {
    most = std::min(most, strikes_[next_strike_].at - arrived_);
  }
  std::uint64_t count = std::min(most, random_.between(way_.smallest_piece, way_.largest_piece));
  const bool everything = arrived_ + count == accepted_;
  const bool strikes_next =
      next_strike_ < strikes_.size() && strikes_[next_strike_].at == arrived_ + count;
  // The tail comes by itself, or in one packet with the last bytes.
  const bool with_tail = everything && !strikes_next && tail_ != Tail::none && !tail_arrived_ &&
                         (count == 0 || random_.chance(0.5));
  while (count > 0) {
    const std::string_view part = ring_.at(arrived_, static_cast<std::size_t>(count));
    arrived_ += part.size();
    count -= part.size();
    owner_.arrived(*this, part);
  }
  if (with_tail) {
    tail_comes();
  }
}

void Pipe::tail_comes() {
  tail_arrived_ = true;
  // Linux lets the reader have what came before the reset, Windows does not.
  if (tail_ == Tail::reset && random_.chance(0.5)) {
    discard_unread();
  }
  owner_.tail_arrived(*this);
}

void Pipe::strike() {
  const Fault fault = strikes_[next_strike_++];
  switch (fault.kind) {
    case Fault::Kind::stall:
    case Fault::Kind::freeze:
      hold(fault.lasts);
      owner_.struck(*this, fault);
      return;
    case Fault::Kind::reset:
      cut(arrived_, Tail::reset);
      break;
    default:
      if (tail_ == Tail::reset) {
        return;  // Cut already; the reset is on its way.
      }
      cut(arrived_, Tail::end);
      break;
  }
  owner_.struck(*this, fault);
  tail_comes();
}

}  // namespace truerelay::simulation
