#include "relay/client.h"

#include <algorithm>
#include <utility>

namespace truerelay::relay {
namespace {

// After the last reply a client may go on talking, with pauses of so long, for so long, and for so
// many bytes.
constexpr io::Duration kLinger = std::chrono::seconds(2);
constexpr io::Duration kLongestLinger = std::chrono::seconds(30);
constexpr std::size_t kMostLingering = std::size_t{1024} * 1024;

// How much is read while a reply waits to be taken: a client that sends many commands at once may
// not listen before it has sent them all (RFC 2920 section 3.1).
constexpr std::size_t kMostReadAhead = std::size_t{64} * 1024;

}  // namespace

Client::Client(io::Clock& clock, io::Executor& executor, std::unique_ptr<io::Stream> stream,
               io::Duration write_timeout)
    : clock_(clock), channel_(clock, executor, std::move(stream)), write_timeout_(write_timeout) {
  channel_.when_read_ahead([](void* context) { static_cast<Client*>(context)->read_ahead_ended(); },
                           this);
}

void Client::read_ahead_ended() {
  read_while_writing();
  if (left_notice_ != nullptr && left()) {
    left_notice_(left_context_);
  }
}

void Client::read_while_writing() {
  while (writing_ && channel_.buffer().size() < kMostReadAhead && channel_.failure() == nullptr) {
    if (channel_.read_ahead()) {
      return;
    }
  }
}

io::Task<io::Channel::Arrival> Client::wait(io::Time until) {
  const bool flushed = co_await flush_reading();
  if (!flushed) {
    co_return io::Channel::Arrival::failed;
  }
  const io::Channel::Arrival arrival = co_await channel_.wait(until);
  co_return arrival;
}

io::Task<bool> Client::flush_reading() {
  writing_ = !replies_.empty();
  read_while_writing();
  const bool flushed = co_await flush();
  writing_ = false;
  co_return flushed;
}

io::Task<bool> Client::flush() {
  if (write_failed_) {
    co_return false;
  }
  if (replies_.empty()) {
    co_return true;
  }
  const std::string replies = std::exchange(replies_, {});
  flushing_ = true;
  const io::Result<void> written = co_await channel_.write(replies, clock_.now() + write_timeout_);
  flushing_ = false;
  write_failed_ = !written;
  co_return written.has_value();
}

void Client::hurry() {
  write_timeout_ = kLinger;
  if (flushing_) {
    channel_.set_deadline(clock_.now() + kLinger);
  }
}

io::Task<bool> Client::part() {
  channel_.last_write_follows();
  return flush();
}

io::Task<void> Client::close() {
  const bool flushed = co_await flush_reading();
  if (!flushed || channel_.failure() != nullptr) {
    co_return;
  }
  channel_.shutdown();
  io::Time at_last = clock_.now() + kLongestLinger;
  std::size_t thrown_away = 0;
  while (thrown_away < kMostLingering) {
    thrown_away += channel_.buffer().size();
    channel_.buffer().clear();
    const io::Time until = std::min(clock_.now() + kLinger, at_last);
    const io::Channel::Arrival arrival = co_await channel_.wait(until);
    if (arrival == io::Channel::Arrival::interrupted) {
      at_last = until;  // The service ends: this is the moment that is left.
    } else if (arrival != io::Channel::Arrival::bytes) {
      break;
    }
  }
}

}  // namespace truerelay::relay
