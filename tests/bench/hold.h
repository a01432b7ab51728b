#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "net/loop.h"
#include "smtp_client.h"

namespace truerelay::bench {

// Clients that said EHLO and then nothing: what a relay's memory is measured with.
struct Held {
  Letter letter;
  std::uint16_t port = 0;
  std::size_t wanted = 0;
  std::size_t begun = 0;
  std::vector<std::unique_ptr<SmtpClient>> clients;  // Those that were greeted.
};

// Opens the connections, prints {"held": N}, keeps them until SIGTERM, then asks each for a NOOP,
// sends a message with the last one, and prints {"alive": N, "sent": true or false}.
void hold(net::Loop& loop, Held& held);

}  // namespace truerelay::bench
