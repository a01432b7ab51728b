#pragma once

#include <cstdint>
#include <optional>

#include "digest/digest.h"
#include "io/clock.h"
#include "io/task.h"
#include "observe/events.h"
#include "relay/client.h"
#include "relay/services.h"
#include "relay/settings.h"
#include "relay/transaction.h"
#include "smtp/reply.h"

namespace truerelay::relay {

// What became of a message's body, and of the message.
struct Delivery {
  observe::Outcome outcome = observe::Outcome::failed;
  smtp::Reply reply;          // For the client, where it is still there to hear it.
  std::uint64_t size = 0;     // Octets of the message, as far as it came.
  bool session_ends = false;  // The client's place in its own data is lost, or its time is over.
  bool duplicate = false;     // It was accepted before, when the client did not hear it (rule T7).
  std::optional<digest::Digest> message;  // Of an accepted one, where duplicates are looked for.
  io::Duration data{};                    // From the 354 to the last byte,
  io::Duration answer{};                  // and from there to the upstream's answer.
};

struct BodyParts {
  Client& client;
  Transaction& transaction;
  const ListenerSettings& listener;
  const Services& services;
};

// The data of one message, from the client's 354 to the upstream's answer (rules T3 to T7).
// It streams: while one block is on its way to the upstream the next is read, and no more. What was
// sent is kept as long as it is short, so that it can be sent again where a connection is lost.
io::Task<Delivery> relay_body(BodyParts parts);

}  // namespace truerelay::relay
