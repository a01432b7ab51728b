#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "io/stream.h"
#include "tests/simulation/pipe.h"
#include "tests/simulation/random.h"
#include "tests/simulation/world.h"

namespace truerelay::simulation {

// One end of a link: the contract of io::Stream over two pipes. See link.h for what it promises.
class LinkEnd final : public io::Stream {
 public:
  // What lies between the ends; both keep it alive.
  class Wire {
   public:
    virtual ~Wire() = default;
    virtual Pipe& pipe(Direction direction) = 0;
    // The reader of `direction` took bytes.
    virtual void taken(Direction direction) = 0;
    // The end that reads `reads` is gone; it is not spoken to any more.
    virtual void closed(Direction reads) = 0;
    virtual void note(Direction reads, std::string_view what) = 0;
  };

  LinkEnd(World& world, std::shared_ptr<Wire> wire, Direction reads);
  ~LinkEnd() override;

  [[nodiscard]] bool start(io::ReadOperation& operation) override;
  [[nodiscard]] bool start(io::WriteOperation& operation) override;
  void set_deadline(io::Time deadline) override;
  void shutdown() override;
  void close() override { give_up(io::Failure::Kind::cancelled, "closes"); }

  // Bytes or a tail came in.
  void something_arrived();
  // The peer took bytes, so that a waiting write may go on.
  void room_was_made();

 private:
  // The ends of waits are jobs of the stream, not of the operation: they go with the stream.
  struct ReadEnd final : io::Executor::Job {
    explicit ReadEnd(LinkEnd& owner) : end(owner) {}
    void run() override;
    LinkEnd& end;
  };
  struct WriteEnd final : io::Executor::Job {
    explicit WriteEnd(LinkEnd& owner) : end(owner) {}
    void run() override;
    LinkEnd& end;
  };
  struct Deadline final : io::Timer {
    Deadline(LinkEnd& owner, World& world) : Timer(world), end(owner) {}
    void expire() override { end.give_up(io::Failure::Kind::timed_out, "reaches its deadline"); }
    LinkEnd& end;
  };

  void give_up(io::Failure::Kind kind, std::string_view what);
  void check_deadline();
  [[nodiscard]] bool read_is_ready() const;
  [[nodiscard]] bool write_is_over() const;
  [[nodiscard]] io::Result<std::size_t> read_now(io::ReadOperation& operation);
  [[nodiscard]] io::Result<void> write_outcome() const;
  void hand_on();

  World& world_;
  const std::shared_ptr<Wire> wire_;
  const Direction reads_;
  Pipe& incoming_;
  Pipe& outgoing_;
  Random random_;

  io::ReadOperation* reading_ = nullptr;
  io::WriteOperation* writing_ = nullptr;
  std::size_t handed_on_ = 0;  // Of the write under way.
  ReadEnd read_end_;
  WriteEnd write_end_;
  Deadline timer_;
  io::Time deadline_ = io::Time::max();
  bool shut_ = false;
  std::optional<io::Failure::Kind> given_up_;
};

}  // namespace truerelay::simulation
