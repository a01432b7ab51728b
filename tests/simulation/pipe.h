#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "io/clock.h"
#include "tests/simulation/conditions.h"
#include "tests/simulation/faults.h"
#include "tests/simulation/random.h"
#include "tests/simulation/ring.h"
#include "tests/simulation/world.h"

namespace truerelay::simulation {

// One direction of a link.
//
//     taken by the reader | arrived, unread | under way | not accepted yet
//                       taken_           arrived_    accepted_
//
// The positions only grow; accepted_ - taken_ is bounded by the window. A timer carries bytes from
// "under way" to "arrived", a piece at a time. Behind the last accepted byte there may be a tail,
// the end of the stream or a reset, which arrives after the bytes before it. Faults strike where
// arrived_ is, those that change bytes where they are accepted.
class Pipe final : public io::Timer {
 public:
  // The link: hears what comes out of the pipe, and what reaches beyond this direction.
  class Owner {
   public:
    virtual void arrived(Pipe& pipe, std::string_view bytes) = 0;
    virtual void tail_arrived(Pipe& pipe) = 0;
    virtual void lost(Pipe& pipe, std::string_view bytes) = 0;
    virtual void struck(Pipe& pipe, const Fault& fault) = 0;

   protected:
    ~Owner() = default;
  };

  Pipe(World& world, Owner& owner, Direction direction, const Conditions::Way& way,
       const Faults& faults, Random random);

  [[nodiscard]] Direction direction() const { return direction_; }

  // The writer's side. Takes the bytes for which there is room and says how many.
  [[nodiscard]] std::size_t accept(std::string_view bytes);
  // The end of the stream follows what was accepted.
  void finish();
  // Cuts the stream somewhere between what has arrived and what was accepted. Whatever the writer
  // still writes is swallowed.
  void cut_by_reset();
  void cut_by_end();

  // The reader's side.
  [[nodiscard]] std::size_t unread() const { return static_cast<std::size_t>(arrived_ - taken_); }
  [[nodiscard]] std::size_t take(Buffer& into, std::size_t at_most);
  void discard_unread();
  [[nodiscard]] bool ended() const { return tail_arrived_ && tail_ == Tail::end; }
  [[nodiscard]] bool broken() const { return tail_arrived_ && tail_ == Tail::reset; }

  // Nothing arrives for this long.
  void hold(io::Duration duration);

 private:
  enum class Tail { none, end, reset };

  void expire() override;
  void schedule();
  void deliver();
  void tail_comes();
  void strike();
  void put(std::string_view bytes);
  void change(const Fault& fault);
  void cut(std::uint64_t position, Tail tail);
  [[nodiscard]] std::uint64_t draw_cut();
  void report_lost(std::uint64_t from);
  [[nodiscard]] bool strikes_here() const {
    return next_strike_ < strikes_.size() && strikes_[next_strike_].at == arrived_;
  }

  World& world_;
  Owner& owner_;
  const Direction direction_;
  const Conditions::Way way_;
  Random random_;

  Ring ring_;
  std::uint64_t taken_ = 0;
  std::uint64_t arrived_ = 0;
  std::uint64_t accepted_ = 0;
  std::uint64_t written_ = 0;  // Like accepted_, but without inserted bytes.
  Tail tail_ = Tail::none;
  bool tail_arrived_ = false;
  bool swallows_ = false;

  // In the order of their positions.
  std::vector<Fault> strikes_;
  std::vector<Fault> changes_;
  std::size_t next_strike_ = 0;
  std::size_t next_change_ = 0;

  bool silent_ = true;  // The next delivery is the first after a silence.
  bool dead_ = false;   // Nothing arrives any more.
  io::Time held_until_{};
  io::Time due_{};
};

}  // namespace truerelay::simulation
