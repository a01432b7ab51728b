#pragma once

#include <span>
#include <vector>

#include "io/clock.h"
#include "io/task.h"
#include "relay/failure.h"
#include "relay/upstream_connection.h"
#include "smtp/command.h"
#include "smtp/reply.h"

namespace truerelay::relay {

// The answers to MAIL and to the recipients that went with it, each 2xx, 4xx or 5xx.
struct EnvelopeAnswers {
  smtp::Reply sender;
  std::vector<smtp::Reply> recipients;  // Of a refused sender: that refusal.
};

struct EnvelopePart {
  const smtp::Mail* mail;  // nullptr: the transaction is open.
  std::span<const smtp::Recipient> recipients;
};

// Sends RSET where an earlier transaction was left open, MAIL and the recipients: one flight where
// the upstream takes several commands at once (RFC 2920), else one after the other. `first` is how
// long the first answer may take, `each` each of the others.
// A 421 to any of them, or an RSET that is refused, is a failure: connection_closed with the
// upstream's words. All addresses must be such that this upstream can take them.
io::Task<Result<EnvelopeAnswers>> send_envelope(UpstreamConnection& connection, EnvelopePart part,
                                                io::Duration first, io::Duration each,
                                                const io::Clock& clock);

}  // namespace truerelay::relay
