#include "sandbox/body.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/buffer.h"

namespace truerelay::sandbox {
namespace {

std::unexpected<io::Failure> endless() {
  return io::fail(io::Failure::Kind::too_long, "a message without an end");
}

std::string_view first(std::string_view bytes, std::uint64_t at_most) {
  return bytes.substr(0, std::min<std::uint64_t>(bytes.size(), at_most));
}

}  // namespace

io::Task<io::Result<Progress>> receive_data(Connection& connection, Pace& pace,
                                            smtp::DotDecoder& decoder, IncomingMessage& message) {
  while (true) {
    Buffer decoded;
    const std::size_t taken = decoder.take(connection.input(), decoded);
    message.take(decoded.readable());
    connection.consume(taken);
    pace.received(taken);
    if (decoder.finished()) {
      if (decoder.refused()) {
        message.refuse({554, "5.6.0 The message holds a bare CR, a bare LF or a NUL"});
      }
      co_return Progress::complete;
    }
    if (message.early_answer_due()) {
      co_return Progress::early_answer_due;
    }
    if (message.endless(pace.octets())) {
      co_return endless();
    }
    io::Result<void> more = co_await connection.more(pace.deadline());
    if (!more) {
      co_return std::unexpected(std::move(more.error()));
    }
  }
}

io::Task<io::Result<Progress>> receive_chunk(Connection& connection, Pace& pace,
                                             std::uint64_t& left, IncomingMessage& message) {
  while (true) {
    const std::string_view bytes = first(connection.input(), left);
    message.take(bytes);
    left -= bytes.size();
    pace.received(bytes.size());
    connection.consume(bytes.size());
    if (left == 0) {
      co_return Progress::complete;
    }
    if (message.early_answer_due()) {
      co_return Progress::early_answer_due;
    }
    if (message.endless(pace.octets())) {
      co_return endless();
    }
    io::Result<void> more = co_await connection.more(pace.deadline());
    if (!more) {
      co_return std::unexpected(std::move(more.error()));
    }
  }
}

io::Task<io::Result<void>> discard_chunk(Connection& connection, Pace& pace, std::uint64_t left) {
  while (true) {
    const std::uint64_t count = first(connection.input(), left).size();
    connection.consume(count);
    left -= count;
    pace.received(count);
    if (left == 0) {
      co_return io::Result<void>{};
    }
    io::Result<void> more = co_await connection.more(pace.deadline());
    if (!more) {
      co_return more;
    }
  }
}

}  // namespace truerelay::sandbox
