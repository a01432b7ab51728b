#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "io/dialer.h"
#include "io/stream.h"

namespace truerelay::relay {

// What the relay did with its streams.
struct Meter {
  std::size_t writes = 0;  // Started on connections of clients.
  std::int64_t held = 0;   // Bytes taken from clients and not yet handed to an upstream.
  std::int64_t most_held = 0;
};

// A stream that is counted. Its owner is the relay.
class MeteredStream final : public io::Stream {
 public:
  enum class Side { client, upstream };

  MeteredStream(std::unique_ptr<io::Stream> inner, Side side, Meter& meter)
      : side_(side), meter_(meter), inner_(std::move(inner)) {}

  bool start(io::ReadOperation& operation) override;
  bool start(io::WriteOperation& operation) override;
  void set_deadline(io::Time deadline) override { inner_->set_deadline(deadline); }
  void shutdown() override { inner_->shutdown(); }
  void close() override { inner_->close(); }

 private:
  void read_done();
  void write_done();

  Side side_;
  Meter& meter_;
  io::ReadOperation* outer_read_ = nullptr;
  io::WriteOperation* outer_write_ = nullptr;
  std::optional<io::ReadOperation> read_;
  std::optional<io::WriteOperation> write_;
  std::unique_ptr<io::Stream> inner_;  // Last: it goes first, and with it what is under way.
};

// A dialer whose connections are counted.
class MeteredDialer final : public io::Dialer {
 public:
  MeteredDialer(io::Dialer& inner, Meter& meter) : inner_(inner), meter_(meter) {}

  io::Task<io::Result<io::Connection>> dial(io::Endpoint endpoint, io::Time deadline,
                                            io::Cancellation& cancellation) override;

 private:
  io::Dialer& inner_;
  Meter& meter_;
};

}  // namespace truerelay::relay
