#pragma once

#include <cstddef>

namespace truerelay::bench {

// Milliseconds of processor time for one message of 1 KiB with a client connection of its own, over
// an upstream connection that is open and logged in: the system calls accept, read, write and
// close, and the records sealed and opened, that two flights to the upstream ask for. The bytes
// have the sizes of a real conversation and no meaning; nothing is parsed, nothing is polled.
[[nodiscard]] double floor_of_a_message(std::size_t messages);

}  // namespace truerelay::bench
