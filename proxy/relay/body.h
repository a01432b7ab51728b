#pragma once

#include <cstdint>

#include "io/cancellation.h"
#include "io/clock.h"
#include "io/task.h"
#include "observe/events.h"
#include "relay/client.h"
#include "relay/settings.h"
#include "relay/upstream_connection.h"
#include "smtp/reply.h"

namespace truerelay::relay {

// What became of a message's body, and of the message.
struct Delivery {
  observe::Outcome outcome = observe::Outcome::failed;
  smtp::Reply reply;          // For the client, where it is still there to hear it.
  std::uint64_t size = 0;     // Octets of the message, as far as it came.
  bool session_ends = false;  // The client's place in its own data is lost, or its time is over.
  io::Duration data{};        // From the 354 to the last byte,
  io::Duration answer{};      // and from there to the upstream's answer.
};

struct BodyParts {
  Client& client;
  UpstreamConnection& upstream;
  const ListenerSettings& listener;
  const UpstreamSettings& upstream_settings;
  const io::Clock& clock;
  const io::Cancellation& stop;  // The time to drain is over.
  std::uint64_t size_limit;      // The most octets that the upstream takes; 0: no limit of its own.
};

// The data of one message, from the client's 354 to the upstream's answer (rules T3 to T6).
// It streams: while one block is on its way to the upstream the next is read, and no more.
io::Task<Delivery> relay_body(BodyParts parts);

}  // namespace truerelay::relay
