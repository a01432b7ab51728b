#pragma once

#include <cstdint>

#include "io/clock.h"
#include "io/failure.h"
#include "io/task.h"
#include "sandbox/connection.h"
#include "sandbox/incoming_message.h"
#include "sandbox/settings.h"
#include "smtp/dot_codec.h"

namespace truerelay::sandbox {

// Reading the content of a message from the connection.

// The deadline of a body: a basic time, and more for what has come at the least rate, so that a
// body that trickles ends and a large one does not.
class Pace {
 public:
  Pace(const Deadlines& deadlines, io::Time start)
      : base_(start + deadlines.body), rate_(deadlines.body_octets_per_second) {}

  void received(std::uint64_t octets) { octets_ += octets; }
  [[nodiscard]] std::uint64_t octets() const { return octets_; }
  [[nodiscard]] io::Time deadline() const {
    return base_ + std::chrono::seconds(octets_ / (rate_ == 0 ? 1 : rate_));
  }

 private:
  io::Time base_;
  std::uint64_t rate_;
  std::uint64_t octets_ = 0;
};

enum class Progress {
  complete,         // The end of the data, or of the chunk, has come.
  early_answer_due  // It has not, but message.early_answer_due(). Call again for the rest.
};

// What comes after DATA, up to and with the terminating dot. Fails as the connection does, or with
// too_long when the message is endless.
io::Task<io::Result<Progress>> receive_data(Connection& connection, Pace& pace,
                                            smtp::DotDecoder& decoder, IncomingMessage& message);

// What comes after BDAT: `left` octets, counted down. Fails likewise.
io::Task<io::Result<Progress>> receive_chunk(Connection& connection, Pace& pace,
                                             std::uint64_t& left, IncomingMessage& message);

// Reads `left` octets of a chunk that is refused (RFC 3030 section 2: they are not commands).
io::Task<io::Result<void>> discard_chunk(Connection& connection, Pace& pace, std::uint64_t left);

}  // namespace truerelay::sandbox
