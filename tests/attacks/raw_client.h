#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "io/cancellation.h"
#include "io/clock.h"
#include "io/event.h"
#include "io/scope.h"
#include "io/stream.h"
#include "io/task.h"
#include "io/tls.h"
#include "tests/attacks/ground.h"

namespace truerelay::attacks {

// A client that sends the very bytes it is told to, in the pieces it is told to, and keeps what it
// hears. It knows no SMTP. Whoever owns it calls leave() and runs the world until gone().
class RawClient {
 public:
  RawClient(Ground& ground, std::unique_ptr<io::Stream> stream);

  // Bytes in one write, after everything that was to be sent before, and after a pause.
  void send(std::string bytes, io::Duration pause = io::Duration{0});
  // The same bytes again and again.
  void send_times(std::size_t times, std::string bytes);
  // One write for each byte, with a pause before each, so that each arrives alone.
  void send_byte_by_byte(std::string_view bytes, io::Duration pause);
  // The end of what it sends, after everything else. It still listens.
  void finish();
  // Closes the connection at once.
  void leave();

  // At the next reply of 220 it shakes hands, and what it sends and hears from then on is in TLS.
  void secure_at_220(io::TlsClient& tls) { tls_ = &tls; }
  [[nodiscard]] bool secured() const { return secured_; }
  // Why it could not.
  [[nodiscard]] const std::string& handshake_failure() const { return handshake_failure_; }

  // It reads as long as this holds; a client that does not read makes the relay wait.
  void stop_reading() { reads_ = false; }

  [[nodiscard]] const std::string& heard() const { return heard_; }
  // Complete replies so far, counted by their last lines.
  [[nodiscard]] std::size_t replies() const { return replies_; }
  // The relay closed, or the connection broke.
  [[nodiscard]] bool ended() const { return ended_; }
  // Bytes that the connection has taken.
  [[nodiscard]] std::uint64_t handed_on() const { return handed_on_; }
  [[nodiscard]] bool all_sent() const { return queue_.empty() && !writing_; }
  [[nodiscard]] bool gone() const { return scope_.running() == 0; }

 private:
  struct Piece {
    std::string bytes;
    io::Duration pause{0};
    std::size_t times = 1;
    bool last = false;
  };

  io::Task<void> write();
  io::Task<void> read();
  io::Task<void> shake_hands();
  void count(std::string_view bytes);
  [[nodiscard]] std::size_t last_line() const;  // Where it begins.

  Ground& ground_;
  std::unique_ptr<io::Stream> stream_;
  io::Cancellation leaving_;
  std::deque<Piece> queue_;
  io::Event more_;
  io::TlsClient* tls_ = nullptr;
  bool secured_ = false;
  std::string handshake_failure_;
  bool writing_ = false;
  bool reads_ = true;
  bool ended_ = false;
  std::uint64_t handed_on_ = 0;
  std::string heard_;
  std::size_t counted_ = 0;  // Of heard_.
  std::size_t replies_ = 0;
  io::Scope scope_;
};

}  // namespace truerelay::attacks
