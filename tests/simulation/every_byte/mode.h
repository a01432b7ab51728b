#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "relay/settings.h"
#include "tests/simulation/direction.h"
#include "tests/simulation/faults.h"

namespace truerelay::simulation {

// In which way a conversation with the upstream is held, and how it comes to its end.
struct Mode {
  relay::Tls tls = relay::Tls::none;
  bool chunks = true;   // The upstream offers CHUNKING.
  bool pooled = false;  // A first message went over the connection before.
  // How much is under way before the relay has to wait: with little, a connection dies under a
  // message whose last byte was not handed on.
  std::size_t window = 0;
  std::size_t content = 0;  // Octets of the message.
  Fault::Kind death = Fault::Kind::reset;

  // The options of every_byte that ask for it.
  [[nodiscard]] std::string options() const;
  [[nodiscard]] bool small() const { return content < 1000; }
};

// Where the upstream dies.
struct Place {
  Direction direction = Direction::to_server;
  std::uint64_t at = 0;

  [[nodiscard]] std::string options() const;
};

[[nodiscard]] std::vector<Mode> all_modes();

[[nodiscard]] std::string name(relay::Tls tls);

}  // namespace truerelay::simulation
