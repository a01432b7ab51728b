#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "io/scope.h"
#include "io/stream.h"
#include "io/task.h"
#include "tests/simulation/link.h"
#include "tests/simulation/world.h"

namespace truerelay::simulation {

// One read or write, started by hand, so that a test sees when and how it completes. It stays where
// it is until the operation is done or the stream is gone.
class ReadProbe {
 public:
  explicit ReadProbe(io::Stream& stream, std::size_t at_most = io::Stream::kReadSize)
      : operation_(buffer_, at_most) {
    operation_.then([](void* self) { static_cast<ReadProbe*>(self)->completions_++; }, this);
    completions_ += stream.start(operation_) ? 1 : 0;
  }
  ReadProbe(const ReadProbe&) = delete;
  ReadProbe& operator=(const ReadProbe&) = delete;

  [[nodiscard]] bool done() const { return completions_ == 1; }
  [[nodiscard]] std::string_view bytes() const { return buffer_.readable(); }
  [[nodiscard]] bool at_end() const {
    return done() && operation_.result.has_value() && *operation_.result == 0;
  }
  // Why it failed; nothing while it is under way or when it succeeded.
  [[nodiscard]] std::optional<io::Failure::Kind> failure() const {
    return !done() || operation_.result ? std::nullopt
                                        : std::optional(operation_.result.error().kind);
  }

 private:
  Buffer buffer_;
  io::ReadOperation operation_;
  int completions_ = 0;
};

class WriteProbe {
 public:
  WriteProbe(io::Stream& stream, std::string bytes) : bytes_(std::move(bytes)), operation_(bytes_) {
    operation_.then([](void* self) { static_cast<WriteProbe*>(self)->completions_++; }, this);
    completions_ += stream.start(operation_) ? 1 : 0;
  }
  WriteProbe(const WriteProbe&) = delete;
  WriteProbe& operator=(const WriteProbe&) = delete;

  [[nodiscard]] bool done() const { return completions_ == 1; }
  [[nodiscard]] bool succeeded() const { return done() && operation_.result.has_value(); }
  [[nodiscard]] std::optional<io::Failure::Kind> failure() const {
    return !done() || operation_.result ? std::nullopt
                                        : std::optional(operation_.result.error().kind);
  }

 private:
  std::string bytes_;
  io::WriteOperation operation_;
  int completions_ = 0;
};

// What a stream gave until it ended.
struct Received {
  std::string bytes;
  bool finished = false;
  std::optional<io::Failure::Kind> failure;  // None: the end of the stream.
};

inline io::Task<void> receive_all(io::Stream& stream, Received& received) {
  Buffer buffer;
  while (true) {
    const io::Result<std::size_t> count = co_await stream.read(buffer);
    received.bytes += buffer.readable();
    buffer.clear();
    if (!count) {
      received.failure = count.error().kind;
    }
    if (!count || *count == 0) {
      break;
    }
  }
  received.finished = true;
}

struct Sent {
  bool finished = false;
  std::optional<io::Failure::Kind> failure;
};

inline io::Task<void> send(io::Stream& stream, std::string bytes, Sent& sent) {
  const io::Result<void> written = co_await stream.write(bytes);
  if (!written) {
    sent.failure = written.error().kind;
  }
  sent.finished = true;
}

// Text in which every place looks different.
inline std::string numbered_text(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; text.size() < size; ++i) {
    text += std::to_string(i) + ' ';
  }
  text.resize(size);
  return text;
}

// A world with one link.
struct Pair {
  explicit Pair(std::uint64_t seed, LinkOptions options = {})
      : world(seed), ends(make_link(world, std::move(options))) {}

  World world;
  LinkEnds ends;
};

}  // namespace truerelay::simulation
