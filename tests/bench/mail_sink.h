#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "io/stream.h"
#include "io/task.h"
#include "io/tls.h"

namespace truerelay::bench {

// A submission server that forgets what it accepts: the far end of every measurement, the same one
// for all relays, and cheap, so that it is the relay that is measured. It speaks as much of
// RFC 5321, RFC 3030 (CHUNKING), RFC 3207 and RFC 4954 as clients need that do nothing wrong, and
// answers what is out of order with 503, so that a count of acceptances proves real transactions.
// Every mailbox takes mail but "refused".

// How a port serves.
struct Door {
  io::TlsServer* tls = nullptr;  // Null: plaintext, and no login is asked for.
  bool implicit = false;         // TLS from the first byte; otherwise STARTTLS.
};

struct Counts {
  std::uint64_t messages = 0;
  std::uint64_t recipients = 0;
  std::uint64_t chunked = 0;  // Messages that came with BDAT.
  std::uint64_t octets = 0;   // Of accepted messages, as they stand on the wire.
  std::uint64_t connections = 0;
  std::uint64_t logins = 0;
};

// Outlives its sessions.
struct Sink {
  std::string user;
  std::string password;  // Asked for on TLS ports: MAIL without it is refused with 530.
  bool chunking = true;
  Counts counts;
};

// One connection from the greeting to its end. The command XCOUNT, at any time, is answered with
// "250 " and the Counts as a JSON object.
[[nodiscard]] io::Task<void> serve(Sink& sink, Door door, std::unique_ptr<io::Stream> stream);

}  // namespace truerelay::bench
