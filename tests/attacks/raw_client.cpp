#include "tests/attacks/raw_client.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "io/sleep.h"

namespace truerelay::attacks {
namespace {

// Large pieces go in parts of this size, so that it shows how much the relay takes.
constexpr std::size_t kPart = 16 * 1024;

}  // namespace

RawClient::RawClient(Ground& ground, std::unique_ptr<io::Stream> stream)
    : ground_(ground),
      stream_(std::move(stream)),
      more_(ground.executor()),
      scope_(ground.executor()) {
  scope_.spawn(write());
  scope_.spawn(read());
}

void RawClient::send(std::string bytes, io::Duration pause) {
  queue_.push_back({std::move(bytes), pause});
  more_.notify();
}

void RawClient::send_times(std::size_t times, std::string bytes) {
  queue_.push_back({.bytes = std::move(bytes), .times = times});
  more_.notify();
}

void RawClient::send_byte_by_byte(std::string_view bytes, io::Duration pause) {
  for (const char byte : bytes) {
    queue_.push_back({std::string(1, byte), pause});
  }
  more_.notify();
}

void RawClient::finish() {
  queue_.push_back({.bytes = {}, .last = true});
  more_.notify();
}

void RawClient::leave() {
  leaving_.cancel();
  if (stream_) {
    stream_->close();
  }
  more_.notify();
}

io::Task<void> RawClient::write() {
  while (!leaving_.requested() && !ended_) {
    if (queue_.empty() || !stream_) {  // Without: it is shaking hands.
      co_await more_.wait();
      continue;
    }
    const Piece piece = std::move(queue_.front());
    queue_.pop_front();
    writing_ = true;
    if (piece.pause.count() > 0) {
      co_await io::Sleep(ground_.clock(), ground_.executor(), ground_.clock().now() + piece.pause,
                         leaving_);
    }
    for (std::size_t time = 0; time < piece.times; ++time) {
      std::string_view rest = piece.bytes;
      while (!rest.empty()) {
        const std::string_view part = rest.substr(0, kPart);
        const io::Result<void> written = co_await stream_->write(part);
        if (!written) {
          ended_ = true;
          co_return;
        }
        handed_on_ += part.size();
        rest.remove_prefix(part.size());
      }
    }
    if (piece.last) {
      stream_->shutdown();
    }
    writing_ = false;
  }
}

io::Task<void> RawClient::read() {
  // Where it does not read, the bytes stay in the network.
  co_await io::Sleep(ground_.clock(), ground_.executor(), ground_.clock().now() + io::Duration{1},
                     leaving_);
  Buffer buffer;
  while (reads_ && stream_ && !leaving_.requested()) {
    const io::Result<std::size_t> count_read = co_await stream_->read(buffer);
    if (!count_read || *count_read == 0) {
      ended_ = true;
      break;
    }
    heard_ += buffer.readable();
    buffer.clear();
    count(heard_);
    if (tls_ != nullptr && heard_.ends_with("\r\n") &&
        heard_.compare(last_line(), 4, "220 ") == 0) {
      co_await shake_hands();
    }
  }
}

std::size_t RawClient::last_line() const {
  const std::size_t end = heard_.rfind("\r\n", heard_.size() - 3);
  return end == std::string::npos ? 0 : end + 2;
}

io::Task<void> RawClient::shake_hands() {
  stream_->set_deadline(ground_.clock().now() + std::chrono::minutes(1));
  io::Result<io::SecuredStream> secured =
      co_await std::exchange(tls_, nullptr)->secure(std::move(stream_), "relay.example");
  if (!secured) {
    handshake_failure_ = secured.error().detail;
    ended_ = true;
    more_.notify();
    co_return;
  }
  stream_ = std::move(secured->stream);
  stream_->set_deadline(io::Time::max());
  secured_ = true;
  more_.notify();
}

void RawClient::count(std::string_view bytes) {
  while (true) {
    const std::size_t end = bytes.find('\n', counted_);
    if (end == std::string_view::npos) {
      return;
    }
    const std::string_view line = bytes.substr(counted_, end - counted_);
    replies_ += line.size() > 3 && line[3] == '-' ? 0 : 1;
    counted_ = end + 1;
  }
}

}  // namespace truerelay::attacks
