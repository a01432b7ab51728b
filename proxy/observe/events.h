#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "io/clock.h"

namespace truerelay::observe {

// How a transaction ended, seen from the truth (rules T1 to T7).
enum class Outcome {
  accepted,   // The upstream said 2xx to the end of the data.
  refused,    // The upstream, or a rule of the listener, refused the message, all of it.
  failed,     // The relay could not offer it: nothing was sent. The client was told 4xx or 5xx.
  abandoned,  // The client left before the end of its data: nothing was sent.
  in_doubt,   // The last byte was handed over and no answer came.
};
[[nodiscard]] std::string_view name(Outcome outcome);

struct RecipientRecord {
  std::string address;
  std::string reply;  // On one line, as the client heard it.
};

// One message (one transaction that got as far as a recipient).
struct MessageRecord {
  std::string session;  // "7f3a-12"
  unsigned number = 0;  // The how manieth transaction of the session, from 1.
  std::string listener;
  std::string client;  // Its address and port.
  std::string helo;
  std::string client_user;  // Who was logged in here, one of truerelay's own users, or empty.
  std::string sender;
  std::vector<RecipientRecord> recipients;
  std::uint64_t size = 0;   // Octets of the message, as far as it came.
  std::string upstream;     // Its name in the configuration,
  std::string fallback_of;  // and whose place it took, or empty.
  std::string upstream_address;
  std::string tls;           // "TLSv1.3 TLS_AES_128_GCM_SHA256", or empty
  std::string user;          // Who was logged in upstream, or empty
  io::Duration connect{};    // Time spent on each part: connecting and logging in,
  io::Duration envelope{};   // MAIL and RCPT upstream,
  io::Duration data{};       // from DATA to the last byte,
  io::Duration answer{};     // and from there to the upstream's answer.
  std::string final_reply;   // On one line, as the client heard it, or would have.
  unsigned repairs = 0;      // How often the content was begun again, unseen by the client.
  bool duplicate = false;    // Accepted before, when the client did not hear it: not sent again.
  bool client_heard = true;  // The reply could be written to the client.
  Outcome outcome = Outcome::failed;
};

// A session that ended otherwise than by QUIT or an end of stream between transactions.
struct SessionRecord {
  std::string session;
  std::string listener;
  std::string client;
  std::string helo;
  unsigned transactions = 0;
  std::string reason;
};

enum class Level { debug, info, warning, error };
[[nodiscard]] std::string_view name(Level level);

// How loud the line about a message is: what was accepted is information, what a person may have
// to see to is a warning, and a message in doubt is an error.
[[nodiscard]] Level level_of(Outcome outcome);

// What happens, told to whoever keeps the record. Calls come from the loop's thread and must not
// wait. Nothing that is told holds a secret or a byte of a message's content.
class Events {
 public:
  virtual ~Events() = default;
  virtual void message(const MessageRecord& record) = 0;
  virtual void session_failed(const SessionRecord& record) = 0;
  // Anything else worth a line: about the service, or about one upstream ("" for none).
  virtual void note(Level level, std::string_view upstream, std::string_view text) = 0;
};

}  // namespace truerelay::observe
