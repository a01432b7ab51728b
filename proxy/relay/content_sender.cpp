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

void ContentSender::put_chunk(std::string_view content, std::string_view last) {
  std::array<char, 40> line{};
  const auto end =
      fmt::format_to_n(line.begin(), line.size(), "BDAT {}{}\r\n", content.size(), last);
  const std::string_view command(line.data(), end.size);
  wire_.append(command);
  wire_.append(content);
}

io::Task<Result<void>> ContentSender::send(std::string_view content, io::Time deadline) {
  if (lost_before()) {
    co_return fail(Failure::Cause::connection_lost, "before the message");
  }
  if (transfer_ == Transfer::chunks) {
    put_chunk(content, "");
  } else {
    encoder_.take(content, wire_);
  }
  Result<void> sent = co_await connection_.send_content(wire_.readable(), deadline);
  wire_.clear();
  co_return sent;
}

io::Task<Result<void>> ContentSender::complete(std::string_view rest, io::Time deadline) {
  if (lost_before()) {
    co_return fail(Failure::Cause::connection_lost, "before the message");
  }
  if (transfer_ == Transfer::chunks) {
    put_chunk(rest, " LAST");
  } else {
    encoder_.take(rest, wire_);
    encoder_.finish(wire_);
  }
  Result<void> sent = co_await connection_.complete_content(wire_.readable(), deadline);
  wire_.clear();
  co_return sent;
}

}  // namespace truerelay::relay
