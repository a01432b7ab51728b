#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "io/channel.h"
#include "io/scope.h"
#include "tests/relay/scene.h"

namespace truerelay::relay {

// A program that knows plain SMTP, connected to the relay, in virtual time.
//
// Replies are given as text, "\n" for CRLF and none at the end: "250-first\n250 last".
class MailProgram {
 public:
  // Connects, and has not read the greeting yet.
  explicit MailProgram(Scene& scene, io::IpAddress from = simulation::ipv4(127, 0, 0, 1),
                       std::uint16_t port = 2525);
  MailProgram(const MailProgram&) = delete;
  MailProgram& operator=(const MailProgram&) = delete;
  ~MailProgram();

  // What comes within `patience`, which always passes.
  std::string hear(io::Duration patience = 1s);
  // Sends a line and its CRLF, and hears.
  std::string say(std::string_view line, io::Duration patience = 1s);
  // Sends just these bytes, and hears.
  std::string send(std::string bytes, io::Duration patience = 1s);
  // Sends and does not read: for one second nothing is taken from the connection.
  void send_without_hearing(std::string bytes);

  // Hears the greeting, says EHLO; the answer to that.
  std::string introduce();
  // Up to and with RCPT; the answer to the last recipient.
  std::string begin(std::string_view recipient, std::string_view sender = "erp@example.org");
  // begin() and DATA; the answer to that.
  std::string begin_data(std::string_view recipient);
  // A whole transaction with a short message; the answer to its final dot.
  std::string deliver(std::string_view recipient);

  // The relay ended the connection.
  [[nodiscard]] bool cut_off() const { return cut_off_; }
  // The connection is given up, bytes on their way included.
  void hang_up();
  // "QUIT" without a word: the end of the stream, while replies are still read.
  void send_no_more();

  // Implicit TLS, before anything is heard. True: the connection is secured.
  bool handshake();
  // STARTTLS, and the handshake where the answer is 220; the answer.
  std::string start_tls();

 private:
  io::Task<void> dial(io::Cancellation& cancellation, io::IpAddress from, std::uint16_t port);
  io::Task<void> listen(io::Time until);
  io::Task<void> write(std::string bytes);
  io::Task<void> ask_for_tls(std::string& reply);
  io::Task<bool> secure();
  io::Task<void> secure(bool& secured);

  Scene& scene_;
  io::Cancellation cancellation_;
  io::Scope scope_;
  std::unique_ptr<io::Channel> channel_;
  bool cut_off_ = false;
};

inline constexpr std::string_view kShortMessage = "Subject: invoice 4711\r\n\r\nReleased.\r\n";

}  // namespace truerelay::relay
