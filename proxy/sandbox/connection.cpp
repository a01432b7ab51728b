#include "sandbox/connection.h"

#include <utility>

#include "base/ascii.h"
#include "smtp/command.h"

namespace truerelay::sandbox {
namespace {

// "5.7.0 Text" without its enhanced status code (RFC 3463).
std::string_view without_enhanced_code(std::string_view text) {
  std::size_t at = 0;
  for (int part = 0; part < 3; ++part) {
    const std::size_t begin = at;
    while (at < text.size() && ascii_digit(text[at])) {
      ++at;
    }
    const char end = part < 2 ? '.' : ' ';
    if (at == begin || at == text.size() || text[at] != end) {
      return text;
    }
    ++at;
  }
  return text.substr(at);
}

}  // namespace

Connection::Connection(std::unique_ptr<io::Stream> stream, io::Clock& clock,
                       io::Cancellation& cancellation, const Settings& settings)
    : stream_(std::move(stream)),
      clock_(clock),
      cancellation_(cancellation),
      settings_(settings),
      stop_(*this, cancellation),
      lines_(smtp::kLongestCommandLine) {
  if (cancellation_.requested()) {
    drop();
  }
}

void Connection::consume_line(std::string_view line) {
  lines_.consume(input_, line);
  first_line_ = false;
}

void Connection::consume(std::size_t count) {
  input_.consume(count);
  lines_.forget();
}

void Connection::say(const smtp::Reply& reply) {
  if (settings_.offers.enhanced_status_codes) {
    smtp::serialize(reply, output_);
    return;
  }
  smtp::Reply plain = reply;
  for (std::string& line : plain.lines) {
    line = std::string(without_enhanced_code(line));
  }
  smtp::serialize(plain, output_);
}

io::Task<io::Result<void>> Connection::flush() {
  if (output_.empty()) {
    co_return io::Result<void>{};
  }
  const std::string bytes = std::exchange(output_, {});
  stream_->set_deadline(clock_.now() + settings_.deadlines.reply);
  io::Result<void> written = co_await stream_->write(bytes);
  co_return written;
}

io::Task<io::Result<void>> Connection::more(io::Time deadline) {
  io::Result<void> flushed = co_await flush();
  if (!flushed) {
    co_return flushed;
  }
  stream_->set_deadline(deadline);
  io::Result<std::size_t> count = co_await stream_->read(input_);
  if (!count) {
    co_return std::unexpected(std::move(count.error()));
  }
  if (*count == 0) {
    co_return io::fail(io::Failure::Kind::closed, "the client closed the connection");
  }
  co_return io::Result<void>{};
}

io::Task<io::Result<void>> Connection::more_for_line() {
  // One deadline for the whole line, however slowly its bytes come.
  const io::Time deadline = clock_.now() + settings_.deadlines.command;
  while (true) {
    io::Result<void> read = co_await more(deadline);
    if (!read) {
      co_return read;
    }
    if (line()) {
      co_return io::Result<void>{};
    }
    if (first_line_) {
      // A TLS handshake holds no line end that could be waited for.
      const std::optional<smtp::Foreign> foreign = smtp::looks_foreign(input());
      if (foreign) {
        co_return io::fail(io::Failure::Kind::closed, "not SMTP but " + foreign->what);
      }
    }
    if (line_too_long()) {
      co_return io::fail(io::Failure::Kind::too_long, "a line without an end");
    }
  }
}

io::Task<void> Connection::finish() {
  io::Result<void> written = co_await flush();
  if (written) {
    stream_->set_deadline(clock_.now() + settings_.deadlines.goodbye);
    stream_->shutdown();
    while (true) {
      Buffer unread;
      io::Result<std::size_t> count = co_await stream_->read(unread);
      if (!count || *count == 0) {
        break;
      }
    }
  }
  drop();
}

void Connection::drop() {
  if (stream_ != nullptr) {
    stream_->close();
  }
}

std::unique_ptr<io::Stream> Connection::release() {
  stream_->set_deadline(clock_.now() + settings_.deadlines.handshake);
  return std::move(stream_);
}

void Connection::adopt(std::unique_ptr<io::Stream> secured) {
  stream_ = std::move(secured);
  if (cancellation_.requested()) {
    drop();
  }
}

}  // namespace truerelay::sandbox
