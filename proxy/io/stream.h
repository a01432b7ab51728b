#pragma once

#include <coroutine>
#include <cstddef>
#include <string_view>
#include <utility>

#include "base/buffer.h"
#include "io/clock.h"
#include "io/executor.h"
#include "io/failure.h"

namespace truerelay::io {

// A read or a write under way: where its bytes are, what came of it, and who goes on afterwards.
// It completes once, from the loop. While it is under way it is destroyed only together with its
// stream, the stream first.
class Operation : public Executor::Job {
 public:
  using Then = void (*)(void* context);

  void then(Then function, void* context) {
    function_ = function;
    context_ = context;
  }
  void resume_when_done(std::coroutine_handle<> handle) {
    then([](void* address) { std::coroutine_handle<>::from_address(address).resume(); },
         handle.address());
  }
  void run() final { function_(context_); }

 private:
  Then function_ = nullptr;
  void* context_ = nullptr;
};

struct ReadOperation final : Operation {
  // Appends at least 1 and at most `most` bytes to `buffer`.
  ReadOperation(Buffer& buffer, std::size_t most) : into(buffer), at_most(most) {}

  Buffer& into;
  std::size_t at_most;
  Result<std::size_t> result = 0;  // Bytes appended; 0 means the end of the stream.
};

struct WriteOperation final : Operation {
  // The bytes must stay where they are until the operation is done.
  explicit WriteOperation(std::string_view all) : bytes(all) {}

  std::string_view bytes;
  Result<void> result{};  // All bytes were handed on, or the stream is of no more use.
};

// A two-way connection: TCP, TLS over another stream, or simulated.
//
// Reads append between 1 and `at_most` bytes to a Buffer whose memory is asked for when bytes are
// there, so that a waiting stream holds none. Writes hand on all bytes, and wait while the peer is
// slow (back-pressure). At most one read and one write are under way at a time; they may overlap.
//
// The deadline belongs to the stream and is absolute. When it passes, the stream closes, what is
// under way completes with timed_out, and so does everything after it.
// Destroying a stream closes it; operations under way never complete then.
class Stream {
 public:
  static constexpr std::size_t kReadSize = std::size_t{128} * 1024;

  Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  virtual ~Stream() = default;

  // True: done at once, operation.result says how. False: the operation completes later, from the
  // loop.
  [[nodiscard]] virtual bool start(ReadOperation& operation) = 0;
  [[nodiscard]] virtual bool start(WriteOperation& operation) = 0;

  // Time::max() takes the deadline away.
  virtual void set_deadline(Time deadline) = 0;

  // After everything written: the peer sees the end of the stream. Reading goes on. Not awaited;
  // bounded by the deadline. Writes that come later fail with cancelled.
  virtual void shutdown() = 0;

  // A hint: the next write is the last, and the stream goes with it, so that its bytes and its end
  // may travel together.
  virtual void last_write_follows() {}

  // Gives up the connection at once; what is under way completes with cancelled, from the loop.
  virtual void close() = 0;

  // Result<std::size_t> count = co_await stream.read(buffer);
  [[nodiscard]] auto read(Buffer& into, std::size_t at_most = kReadSize);

  // Result<void> written = co_await stream.write(bytes);
  [[nodiscard]] auto write(std::string_view bytes);
};

namespace stream_detail {

template <class SomeOperation>
class Awaiter {
 public:
  template <class... Arguments>
  explicit Awaiter(Stream& stream, Arguments&&... arguments)
      : stream_(stream), operation_(std::forward<Arguments>(arguments)...) {}

  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> handle) {
    operation_.resume_when_done(handle);
    return !stream_.start(operation_);
  }
  auto await_resume() { return std::move(operation_.result); }

 private:
  Stream& stream_;
  SomeOperation operation_;
};

}  // namespace stream_detail

inline auto Stream::read(Buffer& into, std::size_t at_most) {
  return stream_detail::Awaiter<ReadOperation>(*this, into, at_most);
}

inline auto Stream::write(std::string_view bytes) {
  return stream_detail::Awaiter<WriteOperation>(*this, bytes);
}

}  // namespace truerelay::io
