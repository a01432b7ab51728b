#pragma once

#include <cstdint>
#include <span>

#include "io/clock.h"
#include "io/executor.h"
#include "io/stream.h"
#include "net/handle.h"
#include "net/pending.h"

namespace truerelay::net {

class Loop;

// A TCP connection (RFC 9293), without Nagle's delay and without keep-alive probes: every wait has
// a deadline, and segments go out as they are written.
//
// Reading happens only while a read is under way: what is likely to be little, by way of the loop's
// memory, everything else straight into the caller's buffer. A write is tried at once; what the
// system does not take is copied, one piece at a time, into a request that libuv owns. An idle
// connection costs this object and one uv_tcp_t, less than 500 bytes together.
class TcpStream final : public io::Stream, private io::Timer, private io::Executor::Job {
 public:
  // `connected` is a connection that was made or accepted on `loop`.
  TcpStream(Loop& loop, TcpHandle connected);
  ~TcpStream() override = default;

  bool start(io::ReadOperation& operation) override;
  bool start(io::WriteOperation& operation) override;
  void set_deadline(io::Time deadline) override;
  void shutdown() override;
  void last_write_follows() override;
  void close() override;

 private:
  struct Callbacks;  // Called by libuv.
  enum class State : std::uint8_t { open, closed, timed_out };

  void expire() override;  // The deadline.
  void run() override;     // Completes what was under way when the stream was given up.
  void give_up(State state);
  [[nodiscard]] io::Failure given_up() const;

  [[nodiscard]] bool expects_little() const;
  [[nodiscard]] std::span<char> room_for(const io::ReadOperation& operation);
  void arrived(std::span<char> bytes);
  void ended(int error);
  [[nodiscard]] io::Result<std::size_t> end() const;

  bool push(io::WriteOperation& operation);
  int queue_piece(io::WriteOperation& operation);
  void piece_written(int error);
  void send_end();

  Loop& loop_;
  TcpHandle handle_;  // Null once the stream was given up.
  Pending<io::ReadOperation> reading_;
  Pending<io::WriteOperation> writing_;
  State state_ = State::open;
  bool listening_ = false;    // libuv watches for bytes.
  bool shut_down_ = false;    // No write follows.
  int end_ = 0;               // Why nothing more comes: 0, UV_EOF or an error.
  std::uint32_t pieces_ = 0;  // Requests that libuv holds.
  std::uint32_t expected_;    // How much room the next read asks for.
};

}  // namespace truerelay::net
