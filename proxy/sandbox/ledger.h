#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/ip_address.h"
#include "io/tls.h"
#include "smtp/command.h"
#include "smtp/reply.h"

namespace truerelay::sandbox {

// What happened at the practice upstream, as evidence: what the relay told its client is held
// against it.

using ConnectionId = std::uint64_t;

struct Login {
  std::string mechanism;
  std::string user;  // Empty where the dialogue did not get that far.
  bool accepted = false;
};

// A recipient, and the answer to its RCPT.
struct RecipientAnswer {
  smtp::Recipient recipient;
  smtp::Reply reply;
};

// One mail transaction, from an accepted MAIL on.
struct Envelope {
  ConnectionId connection = 0;
  std::uint64_t transaction = 0;  // The how manieth of its connection, from 1.
  std::string helo;               // What the client calls itself.
  std::string user;               // Who is logged in, or empty.
  bool secured = false;           // Over TLS.
  smtp::Mail mail;
  std::vector<RecipientAnswer> recipients;  // In their order, the refused ones too.
};

// The content as far as it came: after un-stuffing, the terminating dot not included.
struct Content {
  std::uint64_t size = 0;  // Octets
  std::uint64_t hash = 0;  // FNV-1a, 64 bits: tells two contents apart, proves nothing to a forger.
  bool chunked = false;    // It came with BDAT.
};

// Takes the content of one message. A sink that goes without keep() forgets what it was given.
class MessageSink {
 public:
  virtual ~MessageSink() = default;
  // False: it cannot be stored; the message is refused with 452 4.3.1 at its end.
  [[nodiscard]] virtual bool take(std::string_view bytes) = 0;
  // The whole content was taken and the message is about to be accepted. False: as above.
  [[nodiscard]] virtual bool keep() = 0;
};

// Is told of everything, in order, from the loop's thread. Calls must not wait.
//
// A message is accepted at one moment: when accepted() is called, after its sink's keep() and just
// before the 250 is written. Each content() ends in exactly one of accepted(), refused(),
// abandoned(). Nothing here holds a secret.
class Ledger {
 public:
  virtual ~Ledger() = default;

  // The id that the connection has from now on.
  virtual ConnectionId connected(const io::Peer& peer) = 0;
  virtual void secured(ConnectionId connection, const io::TlsFacts& facts) = 0;
  virtual void login(ConnectionId connection, const Login& login) = 0;
  virtual void disconnected(ConnectionId connection, std::string_view reason) = 0;

  // MAIL, and the answer to it. Where that is a refusal no transaction follows.
  virtual void sender(const Envelope& envelope, const smtp::Reply& reply) = 0;
  // The last recipient of the envelope was answered.
  virtual void recipient(const Envelope& envelope) = 0;
  // The content is about to come. Never null.
  virtual std::unique_ptr<MessageSink> content(const Envelope& envelope) = 0;

  // From here on the message is delivered, whether the client hears it or not.
  virtual void accepted(const Envelope& envelope, const Content& content,
                        const smtp::Reply& reply) = 0;
  virtual void refused(const Envelope& envelope, const Content& content,
                       const smtp::Reply& reply) = 0;
  // The content ended without a decision: the client left or gave it up, or an order was to drop
  // it.
  virtual void abandoned(const Envelope& envelope, const Content& content,
                         std::string_view reason) = 0;
  // After accepted() or refused(): whether its reply could be handed to the connection.
  virtual void answered(const Envelope& envelope, bool written) = 0;
};

}  // namespace truerelay::sandbox
