#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "io/scope.h"
#include "io/stream.h"
#include "io/task.h"
#include "tests/simulation/network.h"
#include "tests/simulation/probe.h"
#include "tests/simulation/trace.h"
#include "tests/simulation/world.h"

namespace truerelay::simulation {

// A session across two links, to try the world with: a client asks and waits for each answer, an
// upstream answers, and a party in the middle passes bytes on without looking at them.
struct RelayedSession {
  RelayedSession(std::uint64_t seed, std::size_t exchanges, bool traced, const Attempt::Odds* odds);

  // Runs to its end; false if somebody is left waiting.
  [[nodiscard]] bool run();

  static std::string question(std::size_t number) {
    return "RCPT TO:<user" + std::to_string(number) + "@example.org>\r\n";
  }
  static std::string answer(std::size_t number) {
    return "250 2.1.5 recipient " + std::to_string(number) + " ok\r\n";
  }

  World world;
  Trace trace;
  Network network;
  SimulatedDialer client;
  SimulatedDialer middle;
  io::Cancellation cancellation;
  io::Scope scope;
  const std::size_t exchanges;

  std::size_t answered = 0;  // Questions that the upstream answered.
  std::size_t heard = 0;     // Answers that the client read.
  bool client_saw_nonsense = false;
  bool upstream_saw_nonsense = false;
};

}  // namespace truerelay::simulation
