#pragma once

#include <cstddef>
#include <string_view>

#include "base/buffer.h"
#include "io/clock.h"
#include "io/task.h"
#include "relay/content.h"
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
  // The first `octets` of what is unsent of `content`, which does not change meanwhile.
  io::Task<Result<void>> send(Content& content, std::size_t octets, io::Time deadline);
  // All that is unsent, and with it in one write the end.
  io::Task<Result<void>> complete(Content& content, io::Time deadline);

  // The upstream has a part of the message: only closing the connection takes that back.
  [[nodiscard]] bool begun() const { return begun_; }
  [[nodiscard]] Transfer transfer() const { return transfer_; }

 private:
  static constexpr std::size_t kSmallestChunk = std::size_t{16} * 1024;

  void begin();
  [[nodiscard]] bool lost_before();
  io::Task<Result<void>> write_chunk(Content& content, std::size_t octets, bool last,
                                     io::Time deadline);
  io::Task<Result<void>> write(std::string_view bytes, bool last, io::Time deadline);

  UpstreamConnection& connection_;
  Transfer transfer_;
  smtp::DotEncoder encoder_;
  Buffer wire_;
  bool begun_ = false;
};

}  // namespace truerelay::relay
