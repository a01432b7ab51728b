#include "tests/simulation/sweep/watched_stream.h"

#include <optional>
#include <utility>

namespace truerelay::simulation {
namespace {

// Where it stands: around the connection, or around TLS over such a one.
enum class Layer { connection, tls };

class WatchedStream final : public io::Stream {
 public:
  WatchedStream(std::unique_ptr<io::Stream> inner, std::shared_ptr<Watch> watch, Layer layer)
      : watch_(std::move(watch)), layer_(layer), inner_(std::move(inner)) {}

  // TLS is put over it: from now on its bytes are only counted.
  std::shared_ptr<Watch> cover() {
    covered_ = true;
    return watch_;
  }

  bool start(io::ReadOperation& operation) override {
    reading_ = &operation;
    before_ = operation.into.size();
    read_.emplace(operation.into, operation.at_most);
    read_->then([](void* self) { static_cast<WatchedStream*>(self)->read_later(); }, this);
    const bool done = inner_->start(*read_);
    if (done) {
      end_read();
    }
    return done;
  }

  bool start(io::WriteOperation& operation) override {
    writing_ = &operation;
    bytes_ = covered_ ? std::string(operation.bytes) : watch_->writes(operation.bytes);
    if (layer_ == Layer::connection) {
      watch_->carried(bytes_.size(), 0);
    }
    write_.emplace(bytes_);
    write_->then([](void* self) { static_cast<WatchedStream*>(self)->written_later(); }, this);
    const bool done = inner_->start(*write_);
    if (done) {
      end_write();
    }
    return done;
  }

  void set_deadline(io::Time deadline) override { inner_->set_deadline(deadline); }
  void shutdown() override { inner_->shutdown(); }
  void close() override { inner_->close(); }

 private:
  void end_read() {
    const std::string_view fresh = reading_->into.readable().substr(before_);
    if (layer_ == Layer::connection) {
      watch_->carried(0, fresh.size());
    }
    if (!covered_) {
      watch_->reads(fresh);
    }
    reading_->result = std::move(read_->result);
  }
  void end_write() {
    if (!covered_) {
      watch_->written(write_->result.has_value());
    }
    writing_->result = std::move(write_->result);
  }
  // The last act: whoever goes on may destroy this stream.
  void read_later() {
    end_read();
    std::exchange(reading_, nullptr)->run();
  }
  void written_later() {
    end_write();
    std::exchange(writing_, nullptr)->run();
  }

  const std::shared_ptr<Watch> watch_;
  const Layer layer_;
  bool covered_ = false;
  io::ReadOperation* reading_ = nullptr;
  io::WriteOperation* writing_ = nullptr;
  std::size_t before_ = 0;
  std::string bytes_;
  std::optional<io::ReadOperation> read_;
  std::optional<io::WriteOperation> write_;
  const std::unique_ptr<io::Stream> inner_;  // Last: it goes before its operations.
};

}  // namespace

io::Task<io::Result<io::Connection>> WatchedDialer::dial(io::Endpoint endpoint, io::Time deadline,
                                                         io::Cancellation& cancellation) {
  io::Result<io::Connection> connection = co_await dialer_.dial(endpoint, deadline, cancellation);
  if (connection) {
    connection->stream = std::make_unique<WatchedStream>(
        std::move(connection->stream), watcher_.connected(endpoint), Layer::connection);
  }
  co_return connection;
}

io::Task<io::Result<io::SecuredStream>> WatchedTls::secure(std::unique_ptr<io::Stream> plain,
                                                           std::string host) {
  std::shared_ptr<Watch> watch = static_cast<WatchedStream&>(*plain).cover();
  io::Result<io::SecuredStream> secured = co_await tls_.secure(std::move(plain), std::move(host));
  if (secured) {
    secured->stream =
        std::make_unique<WatchedStream>(std::move(secured->stream), std::move(watch), Layer::tls);
  }
  co_return secured;
}

}  // namespace truerelay::simulation
