#pragma once

#include <string_view>

namespace truerelay::simulation {

// Which way bytes go on a link. The client is the side that connected.
enum class Direction { to_server, to_client };

[[nodiscard]] constexpr Direction opposite(Direction direction) {
  return direction == Direction::to_server ? Direction::to_client : Direction::to_server;
}

[[nodiscard]] constexpr std::string_view describe(Direction direction) {
  return direction == Direction::to_server ? "to the server" : "to the client";
}

}  // namespace truerelay::simulation
