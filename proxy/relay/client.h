#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "io/channel.h"
#include "io/clock.h"
#include "io/executor.h"
#include "io/line_reader.h"
#include "io/stream.h"
#include "io/task.h"
#include "smtp/command.h"
#include "smtp/reply.h"

namespace truerelay::relay {

// The dialogue with a client: command lines in, replies out, over one connection.
//
// Replies are gathered and written in one go before the next wait, so that a pipelining client
// costs one write a turn. Owned by its session; one coroutine at a time uses it.
class Client {
 public:
  Client(io::Clock& clock, io::Executor& executor, std::unique_ptr<io::Stream> stream,
         io::Duration write_timeout);

  // A command line that has arrived, its line end included; good until consume() or the next wait.
  [[nodiscard]] std::optional<std::string_view> line() { return lines_.line(channel_.buffer()); }
  [[nodiscard]] bool line_too_long() const { return lines_.too_long(channel_.buffer()); }
  void consume(std::string_view line) { lines_.consume(channel_.buffer(), line); }
  // Bytes of any kind that have arrived.
  [[nodiscard]] Buffer& arrived() { return channel_.buffer(); }
  void forget_line() { lines_.forget(); }

  // Writes the replies gathered so far, then waits for more bytes.
  io::Task<io::Channel::Arrival> wait(io::Time until);

  // Reads on while the session does something else; the bytes are there at the next wait.
  void read_ahead() { channel_.read_ahead(); }

  // Gathers a reply; flush() or wait() sends it.
  void say(const smtp::Reply& reply) { smtp::serialize(reply, replies_); }
  // No reply waits for that.
  [[nodiscard]] bool all_said() const { return replies_.empty(); }
  // True when all was handed on to the connection.
  io::Task<bool> flush();

  // A read is under way, so that the stream cannot be released now.
  [[nodiscard]] bool reading() const { return channel_.reading(); }

  // The connection broke, or the client sends no more.
  [[nodiscard]] bool gone() const { return channel_.failure() != nullptr || write_failed_; }
  // It is gone and has nothing more to ask: it does not wait for what comes.
  [[nodiscard]] bool left() const { return gone() && channel_.buffer().empty(); }
  // `function(context)` is called, from the loop, when it turns out that the client has left while
  // nobody waits for it; nullptr ends that.
  void when_left(io::Operation::Then function, void* context) {
    left_notice_ = function;
    left_context_ = context;
  }

  // Says what was gathered, after which the connection is to go at once: both sides have said that
  // they have nothing more to say.
  io::Task<bool> part();

  // Says what was gathered, ends the connection in good order, and waits a little while the
  // client's last bytes are thrown away: unread bytes would reset the connection under the reply.
  io::Task<void> close();

  // The service ends: what is being said, and what is said from now on, has a moment to be taken.
  void hurry();

  // Wakes a wait under way, see io::Channel.
  void interrupt() { channel_.interrupt(); }

  // For STARTTLS: the stream goes out to be secured and comes back.
  [[nodiscard]] std::unique_ptr<io::Stream> release() { return channel_.release(); }
  void adopt(std::unique_ptr<io::Stream> stream) { channel_.adopt(std::move(stream)); }

 private:
  io::Task<bool> flush_reading();
  void read_ahead_ended();
  void read_while_writing();

  io::Clock& clock_;
  io::Channel channel_;
  io::LineReader lines_{smtp::kLongestCommandLine};
  std::string replies_;
  io::Duration write_timeout_;
  io::Operation::Then left_notice_ = nullptr;
  void* left_context_ = nullptr;
  bool writing_ = false;
  bool flushing_ = false;  // A write is under way.
  bool write_failed_ = false;
};

}  // namespace truerelay::relay
