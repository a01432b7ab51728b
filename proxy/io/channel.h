#pragma once

#include <coroutine>
#include <memory>
#include <optional>

#include "base/buffer.h"
#include "io/clock.h"
#include "io/executor.h"
#include "io/failure.h"
#include "io/stream.h"

namespace truerelay::io {

// A stream together with what has arrived on it and was not yet used.
//
// A stream's own deadline closes it; a dialogue often has a last word to say when its patience ends
// ("421 you were silent for too long"). So a wait for bytes here has an end of its own, after which
// the stream is as good as before: the read goes on, and its bytes are there for the next wait.
// One wait and one write at a time; they may overlap. The channel owns the stream.
class Channel {
 public:
  enum class Arrival {
    bytes,        // The buffer grew since the last wait.
    end,          // The peer sends no more.
    failed,       // failure() says why.
    timed_out,    // Nothing came until then; the stream is intact.
    interrupted,  // interrupt() was called; the stream is intact.
  };

  Channel(Clock& clock, Executor& executor, std::unique_ptr<Stream> stream);
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  ~Channel();

  [[nodiscard]] Buffer& buffer() { return buffer_; }
  [[nodiscard]] const Buffer& buffer() const { return buffer_; }
  // Why reading ended; nullptr while it has not.
  [[nodiscard]] const Failure* failure() const { return failure_ ? &*failure_ : nullptr; }
  [[nodiscard]] bool ended() const { return ended_; }
  // A read is under way.
  [[nodiscard]] bool reading() const { return reading_; }

  // Arrival arrival = co_await channel.wait(until);
  [[nodiscard]] auto wait(Time until) {
    struct Awaiter {
      Channel& channel;
      Time until;
      bool await_ready() const { return channel.arrived(); }
      bool await_suspend(std::coroutine_handle<> handle) const {
        return channel.suspend(handle, until);
      }
      Arrival await_resume() const { return channel.take_arrival(); }
    };
    return Awaiter{*this, until};
  }

  // Reads on while the owner does something else, up to Stream::kReadSize bytes. True: the read is
  // under way; false: it ended at once, in the buffer or in failure() is what came of it.
  bool read_ahead();

  // `function(context)` is called, from the loop, whenever a read ends while nobody waits.
  void when_read_ahead(Operation::Then function, void* context) {
    notice_ = function;
    notice_context_ = context;
  }

  // The wait under way returns interrupted; where there is none, the next one does.
  void interrupt();

  // Result<void> written = co_await channel.write(bytes, deadline);
  // All bytes were handed on by the deadline, or the stream is closed.
  class Write {
   public:
    Write(Stream& stream, std::string_view bytes, Time deadline)
        : stream_(stream), operation_(bytes), deadline_(deadline) {}
    bool await_ready() const { return false; }
    // Most writes are done at once, and need no alarm.
    bool await_suspend(std::coroutine_handle<> handle) {
      operation_.resume_when_done(handle);
      waited_ = !stream_.start(operation_);
      if (waited_) {
        stream_.set_deadline(deadline_);
      }
      return waited_;
    }
    Result<void> await_resume() {
      if (waited_) {
        stream_.set_deadline(Time::max());
      }
      return std::move(operation_.result);
    }

   private:
    Stream& stream_;
    WriteOperation operation_;
    Time deadline_;
    bool waited_ = false;
  };
  [[nodiscard]] Write write(std::string_view bytes, Time deadline) {
    return Write(*stream_, bytes, deadline);
  }

  void set_deadline(Time deadline) { stream_->set_deadline(deadline); }
  void shutdown() { stream_->shutdown(); }
  void last_write_follows() { stream_->last_write_follows(); }
  void close() {
    if (stream_) {
      stream_->close();
    }
  }

  // Hands the stream out, to be secured, and takes another in. Between the two calls nothing else
  // is called. No read may be under way: see reading().
  [[nodiscard]] std::unique_ptr<Stream> release();
  void adopt(std::unique_ptr<Stream> stream) { stream_ = std::move(stream); }

 private:
  struct Patience final : Timer {
    Patience(Channel& owner, Clock& clock) : Timer(clock), channel(owner) {}
    void expire() override { channel.wake_with(Arrival::timed_out); }
    Channel& channel;
  };

  [[nodiscard]] bool arrived() const { return arrival_.has_value(); }
  bool suspend(std::coroutine_handle<> handle, Time until);
  Arrival take_arrival();
  void read_ended();  // From the loop.
  void read_done();
  void wake_with(Arrival arrival);

  Executor& executor_;
  Buffer buffer_;
  std::optional<Arrival> arrival_;  // What the next wait returns at once.
  std::optional<Failure> failure_;
  bool ended_ = false;
  bool waiting_ = false;
  bool reading_ = false;
  Operation::Then notice_ = nullptr;
  void* notice_context_ = nullptr;
  Resumption resumption_;
  Patience patience_;
  ReadOperation read_;
  std::unique_ptr<Stream> stream_;  // Last: it goes first, and with it the read under way.
};

}  // namespace truerelay::io
