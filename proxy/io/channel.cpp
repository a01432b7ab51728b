#include "io/channel.h"

#include <cassert>
#include <utility>

namespace truerelay::io {

Channel::Channel(Clock& clock, Executor& executor, std::unique_ptr<Stream> stream)
    : executor_(executor),
      patience_(*this, clock),
      read_(buffer_, Stream::kReadSize),
      stream_(std::move(stream)) {
  read_.then([](void* context) { static_cast<Channel*>(context)->read_ended(); }, this);
}

Channel::~Channel() { assert(!waiting_); }

bool Channel::read_ahead() {
  if (!reading_ && !failure_) {
    reading_ = true;
    if (stream_->start(read_)) {
      read_done();
    }
  }
  return reading_;
}

// In both cases the last act: the channel may be gone afterwards.
void Channel::read_ended() {
  read_done();
  if (std::exchange(waiting_, false)) {
    patience_.disarm();
    resumption_.run();
  } else if (notice_ != nullptr) {
    notice_(notice_context_);
  }
}

void Channel::read_done() {
  reading_ = false;
  Arrival came = Arrival::bytes;
  if (!read_.result) {
    failure_ = std::move(read_.result.error());
    read_.result = 0;
    came = Arrival::failed;
  } else if (*read_.result == 0) {
    ended_ = true;
    failure_ = Failure{Failure::Kind::closed, "the connection was closed by the other side"};
    came = Arrival::end;
  }
  // Bytes, or an interruption, that no wait has told of yet are told first: the wait after it finds
  // the end in failure_.
  if (!arrival_ || *arrival_ == Arrival::timed_out) {
    arrival_ = came;
  }
}

bool Channel::suspend(std::coroutine_handle<> handle, Time until) {
  if (failure_) {
    arrival_ = ended_ ? Arrival::end : Arrival::failed;
    return false;
  }
  read_ahead();
  if (arrival_) {
    return false;
  }
  waiting_ = true;
  resumption_.set(handle);
  patience_.arm(until);
  return true;
}

Channel::Arrival Channel::take_arrival() { return *std::exchange(arrival_, std::nullopt); }

void Channel::wake_with(Arrival arrival) {
  assert(waiting_);
  waiting_ = false;
  patience_.disarm();
  arrival_ = arrival;
  executor_.post(resumption_);
}

void Channel::interrupt() {
  if (waiting_) {
    wake_with(Arrival::interrupted);
  } else if (!resumption_.posted()) {
    arrival_ = Arrival::interrupted;
  }
}

std::unique_ptr<Stream> Channel::release() {
  assert(!reading_);
  return std::move(stream_);
}

}  // namespace truerelay::io
