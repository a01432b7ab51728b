#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/buffer.h"
#include "io/executor.h"
#include "io/stream.h"

// Two streams in memory, each the other's peer, with a loop to run them. What goes from one to the
// other can be cut into deliveries of any size, held up, counted, recorded and forged.
namespace truerelay::tls_test {

class Loop final : public io::Executor {
 public:
  // Until nothing is ready any more.
  void run() {
    while (run_one()) {
    }
  }

 private:
  void became_ready() override {}
};

// What travels one way.
struct Way {
  static constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();

  // To be set by the test.
  std::size_t delivery = kUnlimited;  // The most bytes one read gets.
  std::size_t capacity = kUnlimited;  // The most bytes that wait unread; a writer waits for room.
  bool held = false;                  // Nothing is delivered.

  // To be looked at by the test.
  std::size_t writes = 0;
  std::size_t total = 0;
  std::string last_write;

  Buffer bytes;
  bool ended = false;  // After `bytes`.
  io::ReadOperation* reader = nullptr;
  io::WriteOperation* writer = nullptr;
  std::string_view unwritten;  // Of `writer`.
};

struct Wire {
  explicit Wire(Loop& on) : loop(on) {}
  Loop& loop;
  Way to_server;
  Way to_client;
  // Operations complete from the loop, even if they could at once.
  bool always_later = false;

  void deliver(Way& way) {
    write_on(way);
    if (way.reader != nullptr && readable(way)) {
      io::ReadOperation* done = std::exchange(way.reader, nullptr);
      read_now(way, *done);
      loop.post(*done);
    }
  }
  static bool readable(const Way& way) { return !way.held && (!way.bytes.empty() || way.ended); }
  void read_now(Way& way, io::ReadOperation& operation) {
    const std::size_t count = std::min({operation.at_most, way.delivery, way.bytes.size()});
    operation.into.append(way.bytes.readable().substr(0, count));
    way.bytes.consume(count);
    operation.result = count;
    write_on(way);
  }
  void write_on(Way& way) {
    const std::size_t room = way.capacity > way.bytes.size() ? way.capacity - way.bytes.size() : 0;
    const std::size_t count = std::min(room, way.unwritten.size());
    way.bytes.append(way.unwritten.substr(0, count));
    way.unwritten.remove_prefix(count);
    if (way.writer != nullptr && way.unwritten.empty()) {
      loop.post(*std::exchange(way.writer, nullptr));
    }
  }
};

class PairEnd final : public io::Stream {
 public:
  PairEnd(std::shared_ptr<Wire> wire, Way& in, Way& out)
      : wire_(std::move(wire)), in_(in), out_(out) {}
  ~PairEnd() override {
    in_.reader = nullptr;
    out_.writer = nullptr;
    out_.unwritten = {};
    out_.ended = true;
    wire_->deliver(out_);
  }

  bool start(io::ReadOperation& operation) override {
    if (failure_) {
      operation.result = std::unexpected(*failure_);
      return true;
    }
    if (Wire::readable(in_) && !wire_->always_later) {
      wire_->read_now(in_, operation);
      return true;
    }
    in_.reader = &operation;
    wire_->deliver(in_);
    return false;
  }
  bool start(io::WriteOperation& operation) override {
    if (failure_) {
      operation.result = std::unexpected(*failure_);
      return true;
    }
    ++out_.writes;
    out_.total += operation.bytes.size();
    out_.last_write = operation.bytes;
    out_.unwritten = operation.bytes;
    wire_->write_on(out_);
    if (out_.unwritten.empty() && !wire_->always_later) {
      wire_->deliver(out_);
      return true;
    }
    out_.writer = &operation;
    wire_->deliver(out_);
    return false;
  }
  void set_deadline(io::Time deadline) override { deadline_ = deadline; }
  void shutdown() override {
    out_.ended = true;
    wire_->deliver(out_);
  }
  void close() override { fail({io::Failure::Kind::cancelled, "closed by this side"}); }

  // What the deadline does when it passes, or a broken connection.
  void fail(io::Failure failure) {
    if (!failure_) {
      failure_ = std::move(failure);
    }
    if (in_.reader != nullptr) {
      in_.reader->result = std::unexpected(*failure_);
      wire_->loop.post(*std::exchange(in_.reader, nullptr));
    }
    if (out_.writer != nullptr) {
      out_.writer->result = std::unexpected(*failure_);
      out_.unwritten = {};
      wire_->loop.post(*std::exchange(out_.writer, nullptr));
    }
  }
  [[nodiscard]] io::Time deadline() const { return deadline_; }

 private:
  std::shared_ptr<Wire> wire_;
  Way& in_;
  Way& out_;
  io::Time deadline_ = io::Time::max();
  std::optional<io::Failure> failure_;
};

struct Pair {
  explicit Pair(Loop& loop)
      : wire(std::make_shared<Wire>(loop)),
        client(std::make_unique<PairEnd>(wire, wire->to_client, wire->to_server)),
        server(std::make_unique<PairEnd>(wire, wire->to_server, wire->to_client)) {}

  std::shared_ptr<Wire> wire;
  std::unique_ptr<PairEnd> client;
  std::unique_ptr<PairEnd> server;
};

}  // namespace truerelay::tls_test
