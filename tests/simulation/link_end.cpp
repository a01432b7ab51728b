#include "tests/simulation/link_end.h"

#include <cassert>
#include <utility>

namespace truerelay::simulation {
namespace {

std::unexpected<io::Failure> failure_of(io::Failure::Kind kind) {
  return kind == io::Failure::Kind::timed_out ? io::fail(kind, "the deadline passed")
                                              : io::fail(kind, "closed by this side");
}

std::unexpected<io::Failure> reset_by_peer() {
  return io::fail(io::Failure::Kind::reset, "connection reset by peer");
}

}  // namespace

LinkEnd::LinkEnd(World& world, std::shared_ptr<Wire> wire, Direction reads)
    : world_(world),
      wire_(std::move(wire)),
      reads_(reads),
      incoming_(wire_->pipe(reads)),
      outgoing_(wire_->pipe(opposite(reads))),
      random_(world.random().fork()),
      read_end_(*this),
      write_end_(*this),
      timer_(*this, world) {}

LinkEnd::~LinkEnd() {
  if (!given_up_) {
    wire_->note(reads_, "is destroyed");
    wire_->closed(reads_);
  }
}

bool LinkEnd::start(io::ReadOperation& operation) {
  assert(reading_ == nullptr && "one read at a time");
  assert(operation.at_most > 0);
  check_deadline();
  if (read_is_ready() && random_.chance(0.5)) {
    operation.result = read_now(operation);
    return true;
  }
  reading_ = &operation;
  something_arrived();
  return false;
}

bool LinkEnd::start(io::WriteOperation& operation) {
  assert(writing_ == nullptr && "one write at a time");
  check_deadline();
  if (shut_ && !given_up_) {
    operation.result = io::fail(io::Failure::Kind::cancelled, "written after the end");
    return true;
  }
  writing_ = &operation;
  handed_on_ = 0;
  hand_on();
  if (write_is_over() && random_.chance(0.5)) {
    operation.result = write_outcome();
    writing_ = nullptr;
    return true;
  }
  if (write_is_over()) {
    world_.post(write_end_);
  }
  return false;
}

void LinkEnd::set_deadline(io::Time deadline) {
  deadline_ = deadline;
  if (!given_up_) {
    timer_.arm(deadline);
  }
}

void LinkEnd::shutdown() {
  if (shut_ || given_up_) {
    return;
  }
  wire_->note(reads_, "shuts down its side");
  shut_ = true;
  if (writing_ == nullptr || write_is_over()) {
    outgoing_.finish();
  }
}

void LinkEnd::give_up(io::Failure::Kind kind, std::string_view what) {
  if (given_up_) {
    return;
  }
  wire_->note(reads_, what);
  given_up_ = kind;
  timer_.disarm();
  wire_->closed(reads_);
  if (reading_ != nullptr && !read_end_.posted()) {
    world_.post(read_end_);
  }
  if (writing_ != nullptr && !write_end_.posted()) {
    world_.post(write_end_);
  }
}

// A deadline may be set in the past; the timer would notice only after everything that is ready.
void LinkEnd::check_deadline() {
  if (deadline_ <= world_.now()) {
    timer_.expire();
  }
}

void LinkEnd::something_arrived() {
  if (reading_ != nullptr && read_is_ready() && !read_end_.posted()) {
    world_.post(read_end_);
  }
  if (writing_ != nullptr && write_is_over() && !write_end_.posted()) {
    world_.post(write_end_);
  }
}

void LinkEnd::room_was_made() {
  if (writing_ == nullptr || write_is_over()) {
    return;
  }
  hand_on();
  if (write_is_over()) {
    world_.post(write_end_);
  }
}

void LinkEnd::hand_on() {
  if (write_is_over()) {
    return;
  }
  handed_on_ += outgoing_.accept(writing_->bytes.substr(handed_on_));
  if (shut_ && handed_on_ == writing_->bytes.size()) {
    outgoing_.finish();
  }
}

bool LinkEnd::read_is_ready() const {
  return given_up_ || incoming_.unread() > 0 || incoming_.ended() || incoming_.broken();
}

io::Result<std::size_t> LinkEnd::read_now(io::ReadOperation& operation) {
  if (given_up_) {
    return failure_of(*given_up_);
  }
  if (incoming_.unread() > 0) {
    const std::size_t count = incoming_.take(operation.into, operation.at_most);
    wire_->taken(reads_);
    return count;
  }
  if (incoming_.broken()) {
    return reset_by_peer();
  }
  return 0;
}

bool LinkEnd::write_is_over() const {
  return given_up_ || incoming_.broken() || handed_on_ == writing_->bytes.size();
}

io::Result<void> LinkEnd::write_outcome() const {
  if (given_up_) {
    return failure_of(*given_up_);
  }
  if (handed_on_ < writing_->bytes.size()) {
    return reset_by_peer();
  }
  return {};
}

void LinkEnd::ReadEnd::run() {
  io::ReadOperation& operation = *std::exchange(end.reading_, nullptr);
  operation.result = end.read_now(operation);
  operation.run();  // The stream may be gone afterwards.
}

void LinkEnd::WriteEnd::run() {
  io::WriteOperation& operation = *end.writing_;
  operation.result = end.write_outcome();
  end.writing_ = nullptr;
  operation.run();  // The stream may be gone afterwards.
}

}  // namespace truerelay::simulation
