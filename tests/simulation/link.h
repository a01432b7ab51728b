#pragma once

#include <memory>
#include <string>

#include "io/stream.h"
#include "tests/simulation/conditions.h"
#include "tests/simulation/faults.h"
#include "tests/simulation/trace.h"
#include "tests/simulation/world.h"

namespace truerelay::simulation {

// A simulated TCP connection. It behaves as one does, the nasty parts included:
//
// - A write is done when its bytes are accepted for sending, which says nothing about arrival.
// - Both directions are bounded; a reader that does not read makes the writer wait.
// - Bytes arrive in order, cut into other pieces than they were written in, and after a delay.
// - Closing sends what was accepted and then the end of the stream; but closing with bytes unread,
//   or getting bytes after closing, answers with a reset.
// - A reset may overtake bytes: each side may or may not still get what was sent before it, and a
//   side goes on writing until the news reaches it.
// - A completion comes sometimes at once, sometimes from the loop.
//
// A write after shutdown() fails with cancelled. An operation that is destroyed while under way
// must not be followed by anything but the destruction of its stream.
struct LinkOptions {
  Conditions conditions{};
  Faults faults{};
  std::string name = "link";  // In the trace.
  Trace* trace = nullptr;
};

// Each end lives for itself and belongs to whoever holds it.
struct LinkEnds {
  std::unique_ptr<io::Stream> client;
  std::unique_ptr<io::Stream> server;
};

[[nodiscard]] LinkEnds make_link(World& world, LinkOptions options);

}  // namespace truerelay::simulation
