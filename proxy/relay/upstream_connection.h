#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "io/channel.h"
#include "io/clock.h"
#include "io/dialer.h"
#include "io/executor.h"
#include "io/line_reader.h"
#include "io/task.h"
#include "io/tls.h"
#include "relay/failure.h"
#include "smtp/capabilities.h"
#include "smtp/reply.h"
#include "smtp/reply_parser.h"

namespace truerelay::relay {

// How the content of a message goes to an upstream.
enum class Transfer {
  data,    // Dot-stuffed, after the 354 to DATA (RFC 5321 section 4.1.1.4).
  chunks,  // As it is, with BDAT (RFC 3030 section 2).
};

// One connection to an upstream: flights of commands out, replies in, in their order.
//
// Every failure leaves it broken: nothing more is sent on it, and its owner lets it go. A reply
// that nobody asked for breaks it too, lest it answer a later command; a 421 is the exception, it
// answers the next command (RFC 5321 section 3.8).
class UpstreamConnection {
 public:
  UpstreamConnection(io::Clock& clock, io::Executor& executor, io::Connection connection);

  // Adds a command line, its CRLF included, to the flight that send() will send. One answer is due.
  void queue(std::string_view line);
  io::Task<Result<void>> send(io::Time until);
  // The next answer that is due.
  io::Task<Result<smtp::Reply>> reply(io::Time until);
  // The greeting is due, which no command asks for.
  void expect_greeting() { ++due_; }
  // For a command that is a flight of its own.
  io::Task<Result<smtp::Reply>> ask(std::string_view line, io::Time until);

  // The content of a message: after the 354 to DATA, or in chunks, each with an answer of its own.
  // A refusal that comes before the end is an early one; it ends a write that the upstream does not
  // take any more, and the connection with it.
  void begin_content(Transfer transfer);
  // Bytes of the data, or one whole chunk with its BDAT line.
  io::Task<Result<void>> send_content(std::string_view bytes, io::Time deadline);
  // What came before the end, if anything: a reply, or the end of the connection.
  [[nodiscard]] const std::optional<Result<smtp::Reply>>& early_reply() const { return early_; }
  // Sends the bytes that complete the message.
  io::Task<Result<void>> complete_content(std::string_view bytes, io::Time deadline);
  // The answer to the message. Where a chunk was refused, that is the answer: no server may accept
  // the rest then (RFC 3030 section 2), and one that does breaks the protocol.
  io::Task<Result<smtp::Reply>> final_reply(io::Time until);

  // Puts TLS over the connection.
  io::Task<Result<void>> secure(io::TlsClient& tls, std::string host, io::Time deadline);

  // From now on reads on between answers, so that what comes unasked is noticed.
  void watch();
  // Something came unasked or the connection ended: it is not to be used for another transaction.
  [[nodiscard]] bool stale();
  [[nodiscard]] bool broken() const { return broken_; }
  // Gives the connection up at once; what is under way fails with stopping.
  void close();
  // Takes leave, in good order where the upstream lets it, within a moment.
  io::Task<void> quit();

  smtp::Capabilities offered;  // In the last answer to EHLO.
  io::TlsFacts tls;            // Empty without TLS.
  std::string address;         // The peer's.
  std::string user;            // Who is logged in, or empty.
  smtp::Reply login_reply;     // The answer to AUTH, where there was one.
  bool needs_reset = false;    // A transaction was begun here and not completed.
  unsigned messages = 0;       // Transactions that were begun here.
  io::Time heard_last;         // When it gave its last answer.

 private:
  void read_ahead_ended();
  [[nodiscard]] bool chunk_taken();
  io::Task<void> hear_last_words();
  // A whole reply from what has arrived; nullopt while more bytes are needed.
  [[nodiscard]] std::optional<Result<smtp::Reply>> parse();
  [[nodiscard]] std::unexpected<Failure> break_with(Failure failure);

  io::Clock& clock_;
  io::Channel channel_;
  io::LineReader lines_{smtp::ReplyParser::kLongestLine};
  smtp::ReplyParser parser_;
  std::string flight_;
  std::optional<Result<smtp::Reply>> early_;
  std::optional<smtp::Reply> farewell_;  // A 421 that came unasked.
  std::size_t due_ = 0;
  enum class Content { none, streaming, completing };
  Content content_ = Content::none;
  Transfer transfer_ = Transfer::data;
  bool watching_ = false;
  bool broken_ = false;
  io::Stream* handshaking_ = nullptr;  // The stream while the TLS client has it.
};

}  // namespace truerelay::relay
