#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "io/scope.h"
#include "io/stream.h"
#include "io/task.h"
#include "io/tls.h"
#include "tests/simulation/network.h"
#include "tests/simulation/world.h"

namespace truerelay::http {

// One thing that a scripted peer does.
struct Act {
  enum class What { hear, hear_header, say, say_for_ever, pause, close };
  What what;
  std::string bytes{};     // say, say_for_ever
  std::size_t octets = 0;  // hear
  io::Duration pause{0};   // pause; before each of say_for_ever
};

[[nodiscard]] Act hear(std::size_t octets);
[[nodiscard]] Act hear_header();  // Up to an empty line, not further.
[[nodiscard]] Act say(std::string bytes);
[[nodiscard]] Act say_for_ever(std::string bytes, io::Duration pause = {});
[[nodiscard]] Act pause(io::Duration duration);
[[nodiscard]] Act close();

// A server in the simulated network that does one thing after the other, the same on every
// connection, and then nothing more until the other side leaves.
class ScriptedPeer {
 public:
  ScriptedPeer(simulation::World& world, simulation::Network& network, const std::string& host,
               std::uint16_t port, std::vector<Act> script, io::TlsServer* tls = nullptr);

  // What the latest connection has heard so far.
  [[nodiscard]] const std::string& heard() const { return heard_.back(); }
  [[nodiscard]] std::size_t connections() const { return heard_.size(); }
  // Connections that are open now.
  [[nodiscard]] std::size_t open() const { return scope_.running(); }

 private:
  io::Task<void> serve(std::unique_ptr<io::Stream> stream);
  io::Task<void> act(io::Stream& stream, std::string& heard);
  io::Task<bool> read_more(io::Stream& stream, std::string& heard, std::size_t at_most);

  simulation::World& world_;
  const std::vector<Act> script_;
  io::TlsServer* const tls_;
  std::deque<std::string> heard_;  // Their addresses stay.
  io::Scope scope_;
};

}  // namespace truerelay::http
