#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "io/cancellation.h"
#include "io/dialer.h"
#include "io/line_reader.h"
#include "io/stream.h"
#include "io/task.h"

namespace truerelay::bench {

// What every client of a run sends. Outlives the clients, which share its one copy of the message.
struct Letter {
  std::size_t recipients = 1;
  std::string login;    // For AUTH PLAIN, encoded already; empty: no login.
  std::string content;  // Dot-stuffed, with the final dot.
};

// A content of exactly `octets` octets in lines of ordinary length, and the final dot after it.
[[nodiscard]] std::string content_of(std::size_t octets);

// A program that has mail to send, as RFC 5321 describes the plainest of them: plaintext, one
// command at a time, waiting for each reply.
//
// The calls return whether all went as hoped; reply() is the last one heard, for those who want to
// say why not. After a false nothing but destruction follows.
class SmtpClient {
 public:
  SmtpClient(io::Clock& clock, const Letter& letter) : clock_(clock), letter_(letter) {}

  // Connects, hears the greeting, says EHLO, and logs in if the letter has a login.
  [[nodiscard]] io::Task<bool> open(io::Dialer& dialer, std::uint16_t port);
  // MAIL to the reply to the final dot.
  [[nodiscard]] io::Task<bool> send();
  [[nodiscard]] io::Task<bool> noop();
  // QUIT, and its reply.
  [[nodiscard]] io::Task<bool> quit();

  [[nodiscard]] const std::string& reply() const { return reply_; }

 private:
  io::Task<bool> ask(std::string_view command, char wanted);
  io::Task<bool> hear(char wanted);

  io::Clock& clock_;
  const Letter& letter_;
  io::Cancellation never_;
  std::unique_ptr<io::Stream> stream_;
  Buffer input_;
  io::LineReader lines_{4096};
  std::string reply_ = "no connection";
};

}  // namespace truerelay::bench
