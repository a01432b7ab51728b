#include "tests/attacks/raw_client.h"

#include <algorithm>
#include <utility>

#include "io/sleep.h"

namespace truerelay::attacks {
namespace {

// Large pieces go in parts of this size, so that it shows how much the relay takes.
constexpr std::size_t kPart = 16 * 1024;

}  // namespace

RawClient::RawClient(simulation::World& world, std::unique_ptr<io::Stream> stream)
    : world_(world), stream_(std::move(stream)), more_(world), scope_(world) {
  scope_.spawn(write());
  scope_.spawn(read());
}

void RawClient::send(std::string bytes, io::Duration pause) {
  queue_.push_back({std::move(bytes), pause});
  more_.notify();
}

void RawClient::send_byte_by_byte(std::string_view bytes, io::Duration pause) {
  for (const char byte : bytes) {
    queue_.push_back({std::string(1, byte), pause});
  }
  more_.notify();
}

void RawClient::finish() {
  queue_.push_back({.bytes = {}, .pause = io::Duration{0}, .last = true});
  more_.notify();
}

void RawClient::leave() {
  leaving_.cancel();
  stream_->close();
  more_.notify();
}

io::Task<void> RawClient::write() {
  while (!leaving_.requested()) {
    if (queue_.empty()) {
      co_await more_.wait();
      continue;
    }
    const Piece piece = std::move(queue_.front());
    queue_.pop_front();
    writing_ = true;
    if (piece.pause.count() > 0) {
      co_await io::Sleep(world_, world_, world_.now() + piece.pause, leaving_);
    }
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
    if (piece.last) {
      stream_->shutdown();
    }
    writing_ = false;
  }
}

io::Task<void> RawClient::read() {
  // Where it does not read, the bytes stay in the network.
  co_await io::Sleep(world_, world_, world_.now() + io::Duration{1}, leaving_);
  Buffer buffer;
  while (reads_ && !leaving_.requested()) {
    const io::Result<std::size_t> count_read = co_await stream_->read(buffer);
    if (!count_read || *count_read == 0) {
      ended_ = true;
      break;
    }
    heard_ += buffer.readable();
    buffer.clear();
    count(heard_);
  }
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
