#pragma once

#include <cstddef>
#include <string_view>

#include "base/buffer.h"
#include "io/clock.h"
#include "io/task.h"
#include "relay/failure.h"
#include "relay/upstream_connection.h"
#include "smtp/dot_codec.h"

namespace truerelay::relay {

// Writes one message's content to an upstream: dot-stuffed, or in chunks of which several are under
// way before the first is answered (RFC 3030 section 4.2). One for each attempt.
class ContentSender {
 public:
  ContentSender(UpstreamConnection& connection, Transfer transfer)
      : connection_(connection), transfer_(transfer) {
    if (transfer == Transfer::data) {
      begin();
    }
  }

  // So much is worth being sent before more comes. Small chunks would cost more than they save.
  [[nodiscard]] bool worth_sending(std::size_t octets) const {
    return octets >= (transfer_ == Transfer::data ? 1 : kSmallestChunk);
  }
  io::Task<Result<void>> send(std::string_view content, io::Time deadline);
  // The rest, and with it in one write the end.
  io::Task<Result<void>> complete(std::string_view rest, io::Time deadline);

  // The upstream has a part of the message: only closing the connection takes that back.
  [[nodiscard]] bool begun() const { return begun_; }
  [[nodiscard]] Transfer transfer() const { return transfer_; }

 private:
  static constexpr std::size_t kSmallestChunk = std::size_t{16} * 1024;

  void begin();
  [[nodiscard]] bool lost_before();
  void put_chunk(std::string_view content, std::string_view last);

  UpstreamConnection& connection_;
  Transfer transfer_;
  smtp::DotEncoder encoder_;
  Buffer wire_;
  bool begun_ = false;
};

}  // namespace truerelay::relay
