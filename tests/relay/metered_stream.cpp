#include "tests/relay/metered_stream.h"

#include <utility>

namespace truerelay::relay {

bool MeteredStream::start(io::ReadOperation& operation) {
  outer_read_ = &operation;
  read_.emplace(operation.into, operation.at_most);
  read_->then(
      [](void* context) {
        auto& self = *static_cast<MeteredStream*>(context);
        io::ReadOperation& outer = *self.outer_read_;
        self.read_done();
        outer.run();  // The stream may be gone afterwards.
      },
      this);
  if (!inner_->start(*read_)) {
    return false;
  }
  read_done();
  return true;
}

bool MeteredStream::start(io::WriteOperation& operation) {
  meter_.writes += side_ == Side::client ? 1 : 0;
  outer_write_ = &operation;
  write_.emplace(operation.bytes);
  write_->then(
      [](void* context) {
        auto& self = *static_cast<MeteredStream*>(context);
        io::WriteOperation& outer = *self.outer_write_;
        self.write_done();
        outer.run();
      },
      this);
  if (!inner_->start(*write_)) {
    return false;
  }
  write_done();
  return true;
}

void MeteredStream::read_done() {
  outer_read_->result = std::move(read_->result);
  if (side_ == Side::client && outer_read_->result) {
    meter_.held += static_cast<std::int64_t>(*outer_read_->result);
    meter_.most_held = std::max(meter_.most_held, meter_.held);
  }
}

void MeteredStream::write_done() {
  outer_write_->result = std::move(write_->result);
  if (side_ == Side::upstream) {
    meter_.held -= static_cast<std::int64_t>(outer_write_->bytes.size());
  }
}

io::Task<io::Result<io::Connection>> MeteredDialer::dial(io::Endpoint endpoint, io::Time deadline,
                                                         io::Cancellation& cancellation) {
  io::Result<io::Connection> connection =
      co_await inner_.dial(std::move(endpoint), deadline, cancellation);
  if (connection) {
    connection->stream = std::make_unique<MeteredStream>(std::move(connection->stream),
                                                         MeteredStream::Side::upstream, meter_);
  }
  co_return connection;
}

}  // namespace truerelay::relay
