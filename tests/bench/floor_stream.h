#pragma once

#include <cstddef>

namespace truerelay::bench {

// Milliseconds of processor time for one MiB of a large message: read from the client 64 KiB at a
// time, sealed in records of 16 KiB, written. Nothing is looked at on its way.
[[nodiscard]] double floor_of_a_mib(std::size_t mib);

// The part of it that is the cipher's.
[[nodiscard]] double cipher_of_a_mib(std::size_t mib);

}  // namespace truerelay::bench
