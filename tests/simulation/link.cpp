#include "tests/simulation/link.h"

#include <fmt/core.h>

#include <array>
#include <utility>

#include "tests/simulation/link_end.h"
#include "tests/simulation/pipe.h"

namespace truerelay::simulation {
namespace {

constexpr std::size_t index(Direction direction) {
  return direction == Direction::to_server ? 0 : 1;
}

// What both ends share: the two pipes, and what happens in one of them because of the other.
class Link final : public Pipe::Owner, public LinkEnd::Wire {
 public:
  Link(World& world, LinkOptions options)
      : name_(std::move(options.name)),
        trace_(options.trace),
        pipes_{Pipe(world, *this, Direction::to_server, options.conditions.to_server,
                    options.faults, world.random().fork()),
               Pipe(world, *this, Direction::to_client, options.conditions.to_client,
                    options.faults, world.random().fork())} {}

  void attach(Direction reads, LinkEnd& end) { readers_.at(index(reads)) = &end; }

  Pipe& pipe(Direction direction) override { return pipes_.at(index(direction)); }

  void taken(Direction direction) override {
    if (LinkEnd* writer = readers_.at(index(opposite(direction)))) {
      writer->room_was_made();
    }
  }

  void closed(Direction reads) override {
    readers_.at(index(reads)) = nullptr;
    Pipe& incoming = pipe(reads);
    Pipe& outgoing = pipe(opposite(reads));
    if (incoming.unread() > 0) {
      incoming.discard_unread();
      outgoing.cut_by_reset();
    } else {
      outgoing.finish();
    }
  }

  void note(Direction reads, std::string_view what) override {
    if (trace_ != nullptr) {
      trace_->note(name_,
                   fmt::format("{} {}", reads == Direction::to_server ? "server" : "client", what));
    }
  }

 private:
  void arrived(Pipe& pipe, std::string_view bytes) override {
    if (trace_ != nullptr) {
      trace_->arrived(name_, pipe.direction(), bytes);
    }
    if (LinkEnd* reader = readers_.at(index(pipe.direction()))) {
      reader->something_arrived();
    } else {
      pipe.discard_unread();
      this->pipe(opposite(pipe.direction())).cut_by_reset();
    }
  }

  void tail_arrived(Pipe& pipe) override {
    note(pipe.direction(), pipe.broken() ? "learns of a reset" : "sees the end of the stream");
    if (LinkEnd* reader = readers_.at(index(pipe.direction()))) {
      reader->something_arrived();
    }
  }

  void lost(Pipe& pipe, std::string_view bytes) override {
    if (trace_ != nullptr) {
      trace_->note(name_, fmt::format("loses {} bytes {}", bytes.size(),
                                      simulation::describe(pipe.direction())));
    }
  }

  void struck(Pipe& pipe, const Fault& fault) override {
    if (trace_ != nullptr) {
      trace_->note(name_, "is struck: " + fault.describe());
    }
    const Direction back = opposite(pipe.direction());
    switch (fault.kind) {
      case Fault::Kind::reset:
        this->pipe(back).cut_by_reset();
        break;
      case Fault::Kind::hang_up:
        this->pipe(back).cut_by_end();
        taken(back);
        taken(pipe.direction());
        break;
      case Fault::Kind::end:
        taken(pipe.direction());  // What a waiting writer still has is swallowed.
        break;
      case Fault::Kind::freeze:
        this->pipe(back).hold(fault.lasts);
        break;
      default:
        break;
    }
  }

  const std::string name_;
  Trace* const trace_;
  std::array<LinkEnd*, 2> readers_{};  // By the direction that they read; null once closed.
  std::array<Pipe, 2> pipes_;
};

}  // namespace

LinkEnds make_link(World& world, LinkOptions options) {
  auto link = std::make_shared<Link>(world, std::move(options));
  auto client = std::make_unique<LinkEnd>(world, link, Direction::to_client);
  auto server = std::make_unique<LinkEnd>(world, link, Direction::to_server);
  link->attach(Direction::to_client, *client);
  link->attach(Direction::to_server, *server);
  return {std::move(client), std::move(server)};
}

}  // namespace truerelay::simulation
