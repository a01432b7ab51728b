#include "relay/content_sender.h"

#include <fmt/core.h>

#include <array>
#include <utility>

namespace truerelay::relay {

void ContentSender::begin() {
  begun_ = true;
  connection_.begin_content(transfer_);
}

// Before the first chunk a connection that has ended meanwhile is as good as any: nothing is lost
// with it, and bytes that are written to it would only leave the outcome in doubt.
bool ContentSender::lost_before() {
  if (begun_) {
    return false;
  }
  if (connection_.stale()) {
    return true;
  }
  begin();
  return false;
}

io::Task<Result<void>> ContentSender::send(Content& content, std::size_t octets,
                                           io::Time deadline) {
  if (lost_before()) {
    co_return fail(Failure::Cause::connection_lost, "before the message");
  }
  if (transfer_ == Transfer::chunks) {
    Result<void> sent = co_await write_chunk(content, octets, false, deadline);
    co_return sent;
  }
  encoder_.take(content.unsent().substr(0, octets), wire_);
  Result<void> sent = co_await write(wire_.readable(), false, deadline);
  wire_.clear();
  co_return sent;
}

io::Task<Result<void>> ContentSender::complete(Content& content, io::Time deadline) {
  if (lost_before()) {
    co_return fail(Failure::Cause::connection_lost, "before the message");
  }
  if (transfer_ == Transfer::chunks) {
    Result<void> sent = co_await write_chunk(content, content.unsent().size(), true, deadline);
    co_return sent;
  }
  encoder_.take(content.unsent(), wire_);
  encoder_.finish(wire_);
  Result<void> sent = co_await write(wire_.readable(), true, deadline);
  wire_.clear();
  co_return sent;
}

io::Task<Result<void>> ContentSender::write_chunk(Content& content, std::size_t octets, bool last,
                                                  io::Time deadline) {
  std::array<char, 40> room{};
  const auto end =
      fmt::format_to_n(room.begin(), room.size(), "BDAT {}{}\r\n", octets, last ? " LAST" : "");
  const std::string_view line(room.data(), end.size);
  if (const std::optional<std::string_view> chunk = content.with_line(line, octets)) {
    Result<void> sent = co_await write(*chunk, last, deadline);
    content.take_line_off(line);
    co_return sent;
  }
  wire_.append(line);
  wire_.append(content.unsent().substr(0, octets));
  Result<void> sent = co_await write(wire_.readable(), last, deadline);
  wire_.clear();
  co_return sent;
}

io::Task<Result<void>> ContentSender::write(std::string_view bytes, bool last, io::Time deadline) {
  if (last) {
    Result<void> sent = co_await connection_.complete_content(bytes, deadline);
    co_return sent;
  }
  Result<void> sent = co_await connection_.send_content(bytes, deadline);
  co_return sent;
}

}  // namespace truerelay::relay
