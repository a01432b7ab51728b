#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "io/cancellation.h"
#include "io/clock.h"
#include "io/failure.h"
#include "io/line_reader.h"
#include "io/stream.h"
#include "io/task.h"
#include "sandbox/settings.h"
#include "smtp/reply.h"

namespace truerelay::sandbox {

// The practice upstream's end of a connection: lines in, replies out, a deadline on every wait.
//
// Replies are collected and written when the session would otherwise wait, so that a pipelined
// group of commands is answered in one go (RFC 2920 section 3.2).
class Connection {
 public:
  Connection(std::unique_ptr<io::Stream> stream, io::Clock& clock, io::Cancellation& cancellation,
             const Settings& settings);

  // The next line with its line end, if it has come. It stays until it is consumed.
  [[nodiscard]] std::optional<std::string_view> line() { return lines_.line(input_); }
  [[nodiscard]] bool line_too_long() const { return lines_.too_long(input_); }
  void consume_line(std::string_view line);

  // What has come and was not consumed, for bodies; consume() takes it from the front.
  [[nodiscard]] std::string_view input() const { return input_.readable(); }
  void consume(std::size_t count);

  void say(const smtp::Reply& reply);
  [[nodiscard]] bool much_to_say() const { return output_.size() > kMostOutput; }

  // Writes what was said.
  io::Task<io::Result<void>> flush();
  // Writes what was said and reads at least one byte. The end of the stream is Kind::closed.
  io::Task<io::Result<void>> more(io::Time deadline);
  // Reads until there is a line. Kind::too_long when it outgrows smtp::kLongestCommandLine, and
  // Kind::closed when the first bytes of the connection are not SMTP at all.
  io::Task<io::Result<void>> more_for_line();

  // Says goodbye in good order: writes, half-closes, and waits a little for the client to leave, so
  // that the last reply is not lost to a reset.
  io::Task<void> finish();
  // Breaks off.
  void drop();

  // For STARTTLS: the stream on its way through the handshake. Nothing else may be called between.
  [[nodiscard]] std::unique_ptr<io::Stream> release();
  void adopt(std::unique_ptr<io::Stream> secured);

 private:
  // Closes the stream when the owner of the session wants it to end.
  struct Stop final : io::Cancellation::Link {
    Stop(Connection& owner, io::Cancellation& source) : Link(source), connection(owner) {}
    void cancelled() override { connection.drop(); }
    Connection& connection;
  };

  static constexpr std::size_t kMostOutput = std::size_t{16} * 1024;

  std::unique_ptr<io::Stream> stream_;
  io::Clock& clock_;
  io::Cancellation& cancellation_;
  const Settings& settings_;
  Stop stop_;
  Buffer input_;
  io::LineReader lines_;
  std::string output_;
  bool first_line_ = true;  // None was consumed yet.
};

}  // namespace truerelay::sandbox
